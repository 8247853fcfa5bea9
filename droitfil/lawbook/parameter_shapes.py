"""The shape of each parameter the kernel asks for; a missing parameter is missing from here too.

Adding a parameter: one row here, one entry in ``law/parameters.yaml``. Nothing here says what the
law is: only what kind of value each name holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from droitfil.lawbook.shapes import (
    Shape,
    boolean,
    confidence,
    day,
    integer,
    known_rule,
    known_title,
    length,
    many,
    nullable,
    one_of,
    record,
    table,
    text,
)
from droitfil.rules.facts import Kind, ParentKind, Request, Work

_titles = many(known_title)
_days = record({"days": integer, "rule": known_rule})
_months = record({"months": integer, "rule": known_rule})
_mobility = record({"days": integer, "extension_days": integer, "rule": known_rule})
_price = record({"first": integer, "renewal": integer})
_free_amount = record({"titles": _titles, "amount": integer})
_exempt = record({"titles": _titles, "exempt": boolean})
_counts = record({"titles": _titles, "counts": boolean})
_kinds = many(one_of(*Kind))
_first_work = record(
    {
        "unconditional": _titles,
        "if_work_authorisation": _titles,
        "if_visa": _titles,
        "after_one_year": _titles,
    }
)
_wave = record(
    {
        "from": day,
        "requests": many(one_of(*Request), empty=False),
        "articles": many(known_title, empty=False),
        "confidence": confidence,
        "source": text,
    },
    {"to": day},
)
_choice = one_of("both", "special", "default")
_kept = record(
    {}, {"years": integer, "months": integer, "days": integer, "without_update_years": integer}
)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        # channel and windows
        "listed_titles": many(_wave),
        "listed_by_analogy": _counts,
        "window_listed_days": record({"opens": integer, "closes": integer}),
        "window_unlisted_months": integer,
        "window_eu_family_renewal_months": integer,
        "nineteen_titles": _titles,
        "nineteen_by_correction": _counts,
        "nineteen_age": integer,
        "majority_age": integer,
        "window_after_18_months": integer,
        "nationality_loss_months": integer,
        "born_in_france_window": record(
            {"titles": _titles, "from_age": integer, "to_age": integer}
        ),
        "l435_3_deadline": record(
            {"titles": _titles, "recommended_months_after_18": integer, "last_age": integer}
        ),
        "entry_window_months": record(
            {
                "default": integer,
                "rld_other": integer,
                "eu_family": integer,
                "cbe": integer,
                "volunteer": integer,
            }
        ),
        "rld_other_titles": _titles,
        "rld_other_child": record({"titles": _titles, "months_after_18": integer}),
        "volunteer_titles": _titles,
        "cbe_mobility_titles": _titles,
        "resident_card_titles": _titles,
        "late_limit_months": integer,
        "late_fee_trigger": one_of("risk_from_window_end", "certain_after_expiry_only"),
        "early_filing_counts": boolean,
        "rld_always_in_time": boolean,
        "visa_free_titles": _titles,
        "l435_4_sunset": record({"titles": _titles, "last_day": day}),
        "change_excluded": _titles,
        # visas, address
        "vls_ts_validation_months": integer,
        "vls_ts_excluded_titles": _titles,
        "vls_ts_validation_exempt_titles": _titles,
        "address_months": integer,
        "address_min_months": integer,
        # papers while pending
        "api_max_months": integer,
        "api_protection_months": integer,
        "commission_paper_months": integer,
        "api_lead_days": integer,
        "filing_reminder_days": record(
            {"before_close": many(integer), "after_close": many(integer)}
        ),
        "complement_reminder_days": many(integer),
        "recepisse_months": integer,
        "paper_ends_at_decision": boolean,
        "api_first_work": _first_work,
        "recepisse_first_work": _first_work,
        "work_after_years": integer,
        "student_titles": _titles,
        "student_from_vlsts_work": one_of(*Work),
        "adf_work": one_of("granted_title", "held_card"),
        # continuation by law
        "l433_3_months": integer,
        "l433_3_csp_years": integer,
        "l433_3_agreement_months": integer,
        "l433_3_departements": many(text),
        "cover_gap_policy": one_of("from_filing", "from_expiry"),
        # substitution
        "substitution_protects": boolean,
        "substitution_paper": one_of(Kind.API, Kind.RECEPISSE),
        "substitution_escalation_days": many(integer),
        "complement_delay_days": integer,
        # silence
        "silence_delays": record(
            {
                "default": _months,
                "special": table(known_title, _days),
                "family_of_cbe": table(known_title, _days),
                "mobility": table(known_title, _mobility),
                "uncertain": table(known_title, _days),
                "none": _titles,
            }
        ),
        "silence_special_on_renewal": _choice,
        "silence_when_completed_later": one_of("both", "filing", "completeness"),
        "silence_cra_student": _choice,
        "eu_family_silence": one_of("none", "default"),
        "dcem_silence": record(
            {"months": integer, "alert_again": integer, "means": one_of("refusal")}
        ),
        "silence_alert_days": integer,
        "gap_alert_days": integer,
        # remedies
        "appeal_months": integer,
        "removal_delays": record(
            {
                "voluntary_departure": _months,
                "assigned": _days,
                "detained": record({"hours": integer, "rule": known_rule}),
            }
        ),
        "voluntary_departure_days": integer,
        "reasons_answer_months": integer,
        "gracieux_silence_months": integer,
        "reasonable_time_years": integer,
        # commission
        "commission_titles": record({"any": _titles, "first_only": _titles}),
        "commission_long_residence": record({"titles": _titles, "years": integer}),
        # the card asked
        "protection_card_months": record(
            {"recognised_refugee": integer, "subsidiary_protection": integer}
        ),
        "eu_family_card": record({"months": integer, "years": integer}),
        "card_lengths": table(
            known_title,
            record(
                {"rule": known_rule},
                {"first": length, "after_visa": nullable(length), "next": length},
            ),
        ),
        "principal_families": record({"titles": _titles, "rule": known_rule}),
        "talent_family_long": record(
            {"titles": _titles, "residence_years": integer, "length": length, "rule": known_rule}
        ),
        "contract_cards": table(
            known_title,
            record(
                {"max_years": integer, "rule": known_rule},
                {
                    "long_contract_years": integer,
                    "short_extra_months": integer,
                    "short_max_years": integer,
                },
            ),
        ),
        "travel_documents": table(
            known_title,
            record(
                {"titles": _titles, "rule": known_rule},
                {"length": length, "CSP": length, "CR": length, "RLD_UE_FR": length},
            ),
        ),
        "not_renewable": _titles,
        "not_renewable_by_extension": _counts,
        "renewable_once": _titles,
        "renewal_limit": record({"max": integer, "kinds": _kinds, "exempt": _titles}),
        # minors
        "dcem": record(
            {
                "years": integer,
                "min_years": integer,
                "parent_kinds": many(one_of(*ParentKind)),
                "short_titles": table(known_title, _kinds),
            }
        ),
        "dcem_short_by_correction": _counts,
        "dcem_min_year": boolean,
        "dcem_after_majority": boolean,
        "dcem_vls_ts_parent": one_of("caseworker", "accepted", "refused"),
        "dcem_eu_parent_fee": record({"amount": integer}),
        "l423_21_arrival_age": integer,
        "tir_last_day": day,
        # fees
        "tax_table": record(
            {
                "standard": _price,
                "reduced": _price,
                "stamp": integer,
                "aps": integer,
                "regularisation": record({"total": integer, "upfront": integer}),
                "late": integer,
                "dcem": integer,
            }
        ),
        "tax_event": one_of("handover", "decision", "filing"),
        "tax_presumed_unchanged": record({"codes": many(text)}),
        "tax_reduced_titles": _titles,
        "tax_none_titles": _titles,
        "tax_free_first_titles": _titles,
        "tax_exempt_titles": _titles,
        "l425_7_fee": _exempt,
        "retiree_renewal_fee": _free_amount,
        "eu_family_fee": _free_amount,
        "cra_student_fee": record({"titles": _titles, "reduced": boolean}),
        "change_fee": one_of("renewal", "first"),
        "aps_titles": _titles,
        "regularisation_after_months": integer,
        "regularisation_exempt_titles": _titles,
        "regularisation_exempt_families": _exempt,
        "travel_document_fees": record(
            {"TVR": integer, "TVA": integer, "TIV": record({"CSP": integer, "CR": integer})}
        ),
        # keeping, territories, agreements
        "retention_rules": table(text, _kept),
        "fingerprints_reuse_years": nullable(integer),
        "overseas_variants": one_of("warn", "silent"),
        "overseas_departments": many(text),
        "convention_algeria": one_of("ceseda_procedure_applies"),
    }
)
