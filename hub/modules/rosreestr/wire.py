"""Between the contract's messages and the module's values: only renaming, no rules."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.errors import FieldViolation, HubError, InvalidRequestError
from hub.core.money import Money
from hub.modules.rosreestr import port
from hub.modules.rosreestr.owner_check import OwnerCheckResult
from hub.modules.rosreestr.store import RegistrationRow
from hub.resilience.cache import Observed
from landhub.common.v1 import document_pb2, money_pb2, party_pb2
from landhub.rosreestr.v1 import rosreestr_pb2 as pb
from landhub.rosreestr.v1 import rosreestr_service_pb2 as service_pb


def max_age(request: object) -> timedelta | None:
    """Return the request's max_age; None if it has none."""
    if not request.HasField("max_age"):  # type: ignore[attr-defined]  # four requests have it, and no common base
        return None
    duration: Duration = request.max_age  # type: ignore[attr-defined]
    return duration.ToTimedelta()


def timestamp(time: datetime | None) -> Timestamp | None:
    """Return a time as the contract writes it."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def party(message: party_pb2.Party) -> port.Party:
    """Read a party."""
    match message.WhichOneof("kind"):
        case "sole_trader":
            return port.SoleTrader(person=_person(message.sole_trader.person), ogrnip=message.sole_trader.ogrnip)
        case "organization":
            found = message.organization
            return port.Organization(name=found.name, inn=found.inn, ogrn=found.ogrn)
        case _:
            return _person(message.person)


def _person(message: party_pb2.Person) -> port.Person:
    return port.Person(
        surname=message.surname,
        given_name=message.given_name,
        patronymic=message.patronymic,
        inn=message.inn,
        snils=message.snils,
    )


def documents(messages: Iterable[document_pb2.Document]) -> tuple[port.Document, ...]:
    """Read documents."""
    return tuple(
        port.Document(
            kind=port.DocumentKind(document_pb2.DocumentKind.Name(message.kind).removeprefix("DOCUMENT_KIND_")),
            file_name=message.file_name,
            content=message.content,
            signatures=tuple(signature.cms for signature in message.signatures),
        )
        for message in messages
    )


def transfer(message: pb.Transfer) -> port.Transfer:
    """Read a transfer.

    Raises:
        InvalidRequestError: the contract's date is no date.
    """
    return port.Transfer(
        contract_number=message.contract_number,
        contract_date=_date(message.contract_date, "transfer.contract_date"),
        price=Money(minor_units=message.price.minor_units, currency=message.price.currency_code),
        transferors=tuple(_transfer_party(item) for item in message.transferors),
        transferees=tuple(_transfer_party(item) for item in message.transferees),
        cadastral_numbers=tuple(message.cadastral_numbers),
        documents=documents(message.documents),
    )


def _transfer_party(message: pb.TransferParty) -> port.TransferParty:
    representative = None
    if message.HasField("representative"):
        representative = port.Representative(
            person=_person(message.representative.person),
            power_of_attorney_file_name=message.representative.power_of_attorney_file_name,
        )
    return port.TransferParty(
        party=party(message.party),
        share=Fraction(message.share.numerator, message.share.denominator),
        representative=representative,
    )


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        violation = FieldViolation(field, "must be a date of the calendar, YYYY-MM-DD", "date")
        raise InvalidRequestError(f"{field} is not a date of the calendar.", violations=(violation,)) from error


def land_plot(observed: Observed[port.LandPlot]) -> pb.LandPlot:
    """Write a plot."""
    plot = observed.value
    return pb.LandPlot(
        cadastral_number=plot.cadastral_number,
        address=plot.address,
        area_square_meters=str(plot.area_square_meters),
        category=plot.category,
        permitted_use=plot.permitted_use,
        ownership_type=plot.ownership_type,
        last_registration_date=_text(plot.last_registration_date),
        observe_time=timestamp(observed.observe_time),
    )


def land_plot_result(cadastral_number: str, found: Observed[port.LandPlot] | HubError) -> service_pb.LandPlotResult:
    """Write what came of one plot of several."""
    if isinstance(found, HubError):
        return service_pb.LandPlotResult(cadastral_number=cadastral_number, error_reason=found.reason)
    return service_pb.LandPlotResult(cadastral_number=cadastral_number, land_plot=land_plot(found))


def right(found: port.Right) -> pb.Right:
    """Write a right."""
    share = found.share
    return pb.Right(
        number=found.number,
        kind=found.kind,
        owner_name=found.owner_name,
        owner_inn=found.owner_inn,
        share=None if share is None else pb.Share(numerator=share.numerator, denominator=share.denominator),
        registration_date=_text(found.registration_date),
        restrictions=[restriction(item) for item in found.restrictions],
        restrictions_known=found.restrictions_known,
    )


def restriction(found: port.Restriction) -> pb.Restriction:
    """Write a restriction."""
    return pb.Restriction(kind=found.kind, number=found.number, until_date=_text(found.until))


def owner_check_result(result: OwnerCheckResult) -> pb.OwnerCheckResult.ValueType:
    """Write what a check found."""
    return pb.OwnerCheckResult.Value(f"OWNER_CHECK_RESULT_{result.value}")


def registration(row: RegistrationRow) -> pb.Registration:
    """Write a registration."""
    duty = None
    if row.state == port.RegistrationState.DUTY_DUE:
        amount = money_pb2.Money(minor_units=row.duty_minor_units, currency_code="RUB")
        duty = pb.Duty(uin=row.duty_uin, amount=amount)
    return pb.Registration(
        registration_id=row.id,
        business_reference=row.business_reference,
        state=pb.RegistrationState.Value(f"REGISTRATION_STATE_{row.state}"),
        provider=row.provider,
        vendor_reference=row.vendor_reference,
        vendor_registration_id=row.vendor_id,
        vendor_status=row.vendor_status,
        status_reason=row.status_reason,
        status_time=timestamp(row.status_time),
        suspended_until_time=timestamp(row.suspended_until),
        duty=duty,
        registration_number=row.registration_number,
        cadastral_numbers=row.cadastral_numbers.split(),
        contract_number=row.contract_number,
        document_count=row.document_count,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def states(values: Iterable[pb.RegistrationState.ValueType]) -> list[str]:
    """Read a filter of states."""
    return [pb.RegistrationState.Name(value).removeprefix("REGISTRATION_STATE_") for value in values]


def documents_state(state: str) -> service_pb.DocumentsState.ValueType:
    """Write where an addition of documents stands."""
    return service_pb.DocumentsState.Value(f"DOCUMENTS_STATE_{state}")


def withdrawal_state(state: str) -> service_pb.WithdrawalState.ValueType:
    """Write where a withdrawal stands."""
    return service_pb.WithdrawalState.Value(f"WITHDRAWAL_STATE_{state}")


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
