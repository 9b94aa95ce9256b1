"""How often recipes evaluate as they train, and that scores stay comparable."""

from recipes.common import define
from tfgan_ref.errors import UserError

EVAL_EVERY = define.whole("eval_every", 1000, "Steps.")


def settle(settings, facts, before, workdir) -> None:
    """Writes what scores are taken by to the settings; it stays what it was.

    Args:
        settings: of this run.
        facts: JSON values by name; None where this start takes none.
        before: settings of the run that is there, or none.
        workdir: of the run.

    Raises:
        UserError: the run's scores before were taken by something else.
    """
    told = before.get("evaluation")
    told = told if isinstance(told, dict) else {}
    for name, value in (facts or {}).items():
        if told and told.get(name) != value:
            raise UserError(
                f"{workdir} holds a run whose scores have {name}="
                f"{told.get(name)}. Received: {name}={value}. Another workdir "
                "takes others, and without --metrics this one goes on"
            )
    if told or facts:
        settings["evaluation"] = told or facts
