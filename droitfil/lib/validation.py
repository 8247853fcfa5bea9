"""What a model refuses, told as a refusal: every field at fault, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from droitfil.lib.refusals import Refusal, Trouble


def check(instance: models.Model, **how: Any) -> None:
    """Runs ``full_clean``, the constraints of the database included.

    :raises Refusal: with one trouble for each thing to put right.
    """
    try:
        instance.full_clean(**how)
    except ValidationError as error:
        troubles = [
            Trouble("" if field == NON_FIELD_ERRORS else field, message)
            for field, messages in error.message_dict.items()
            for message in messages
        ]
        raise Refusal(
            " ".join(trouble.says for trouble in troubles),
            field=troubles[0].field if len(troubles) == 1 else "",
            troubles=troubles,
        ) from None
