"""The right to stay of everyone on one day, as an OpenFisca system: documents held by persons.

OpenFisca's members are the documents and papers, its group the person who holds them. The law's
own figures are parameters, given by who asks: none stands here.
"""

from __future__ import annotations

import datetime
import resource
from typing import Any

import numpy as np
from answering import answer, timed
from openfisca_core.entities import build_entity
from openfisca_core.model_api import DAY, ETERNITY, ParameterNode, Variable
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

Document = build_entity("document", "documents", "A document or a paper", is_person=True)
Person = build_entity(
    "person",
    "persons",
    "Who holds them",
    roles=[{"key": "held", "plural": "all_held", "label": "Held"}],
)
ONE_DAY = np.timedelta64(1, "D")


class valid_from(Variable):
    value_type = datetime.date
    entity = Document
    definition_period = ETERNITY
    label = "First day printed"


class valid_to(Variable):
    value_type = datetime.date
    entity = Document
    definition_period = ETERNITY
    label = "Last day printed, or the eve of the day it was voided"


class asked_on(Variable):
    value_type = datetime.date
    default_value = datetime.date(9999, 12, 31)
    entity = Document
    definition_period = ETERNITY
    label = "The day its renewal was asked, still undecided"


class years(Variable):
    value_type = int
    entity = Document
    definition_period = ETERNITY
    label = "Years a multi-year card was issued for; 0 for anything else"


class counts(Variable):
    value_type = bool
    entity = Document
    definition_period = DAY
    label = "Proves the right to stay, printed or kept by L433-3"

    def formula(document, period, parameters):
        law = parameters(period)
        day = np.datetime64(str(period.start), "D")
        last = document("valid_to", period)
        printed = (document("valid_from", period) <= day) & (day <= last)
        asked = document("asked_on", period) <= day
        kept = asked & (document("years", period) == law.l433_3_csp_years) & (last < day)
        return printed | (kept & (day <= _months_after(last, law.l433_3_months)))


class stays(Variable):
    value_type = bool
    entity = Person
    definition_period = DAY
    label = "Has a proof of the right to stay"

    def formula(person, period):
        return person.any(person.members("counts", period))


def _months_after(days: Any, months: int) -> Any:
    """Date to date, the day brought back to the end of a shorter month."""
    month = days.astype("datetime64[M]")
    reached = (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    return np.minimum(reached, (month + months + 1).astype("datetime64[D]") - ONE_DAY)


system = TaxBenefitSystem([Document, Person])
given: dict[str, Any] = {}


def load(path: str, day: str, parameters: dict[str, int]) -> dict[str, Any]:
    """Reads the arrays of the file: of each document its holder, days and renewal."""
    since = "1900-01-01"
    system.parameters = ParameterNode(
        "", data={name: {"values": {since: {"value": n}}} for name, n in parameters.items()}
    )
    for variable in (valid_from, valid_to, asked_on, years, counts, stays):
        system.add_variable(variable)
    with np.load(path) as arrays:
        given.update({name: arrays[name] for name in arrays.files})
    given["day"] = day
    return {"documents": len(given["holder"])}


def ask(times: int) -> dict[str, Any]:
    """Builds the simulation and asks it; everyone ``times`` times over."""
    people = int(given["holder"].max()) + 1
    apart = np.repeat(np.arange(times) * people, len(given["holder"]))
    holders = np.tile(given["holder"], times) + apart
    columns = {name: np.tile(given[name], times) for name in ("valid_from", "valid_to", "asked_on")}
    lengths = np.tile(given["years"], times)

    def build() -> Any:
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("document", range(len(holders)))
        persons = builder.declare_entity("person", range(people * times))
        persons.members_entity_id = holders
        simulation = builder.build(system)
        for name, column in columns.items():
            simulation.set_input(name, ETERNITY, column)
        simulation.set_input("years", ETERNITY, lengths)
        return simulation

    built, simulation = timed(build)
    seconds, found = timed(lambda: simulation.calculate("stays", given["day"]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = {"built": built, "seconds": seconds, "people": len(found), "memory_mib": memory}
    # One answer a person, as bits: enough to compare each with ours.
    return said | {"yes": np.packbits(found).tobytes().hex()} if times == 1 else said


if __name__ == "__main__":
    answer("openfisca-core", load=load, ask=ask)
