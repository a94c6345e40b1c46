//! What the orchestrator hears, and by which command each of its asks is said.

use super::*;
use decider::{Incoming, Outgoing, ParseError};
use orders_contract::OrderCommand;

const REASON: Reason = Reason::Customer;

#[test]
fn every_participant_is_heard_and_what_is_heard_is_observed_as_it_is() {
    let said: [(&dyn Outgoing, Inbound); 4] = [
        (&StockEvent::Reserved { facts: facts() }, reserved()),
        (&PaymentEvent::Captured { order_id: ORDER }, captured()),
        (&ShipmentEvent::Arranged { order_id: ORDER }, arranged()),
        (
            &OrderEvent::Confirmed {
                order_id: ORDER,
                version: 2,
                coordination: COORDINATION,
            },
            confirmed(),
        ),
    ];
    for (message, observed) in said {
        let heard = Inbound::parse(message.kind(), message.version(), &message.encode());
        assert_eq!(heard.as_ref(), Ok(&observed));
        assert_eq!(observed.correlation_id(), Some(ORDER.0));
        assert_eq!(
            Orchestrator::commands_for(&observed, 0),
            [Command(observed.clone())]
        );
    }
    let kind = "sku.priced".to_owned();
    let result = Inbound::parse(&kind, 1, b"{}");
    assert_eq!(result, Err(ParseError::UnknownKind(kind)));
}

#[test]
fn each_ask_is_one_command_to_the_participant_who_can_do_it() {
    let (order_id, reason) = (ORDER, REASON);
    let commands = [
        (
            Ask::CapturePayment,
            Outbound::Payments(PaymentsCommand::Capture { order_id }),
        ),
        (
            Ask::ReleasePayment,
            Outbound::Payments(PaymentsCommand::Release { order_id }),
        ),
        (
            Ask::DispatchStock,
            Outbound::Inventory(InventoryCommand::Dispatch { order_id }),
        ),
        (
            Ask::ReleaseStock,
            Outbound::Inventory(InventoryCommand::Release { order_id }),
        ),
        (
            Ask::VoidShipment(reason),
            Outbound::Shipping(ShippingCommand::Void { order_id, reason }),
        ),
        (
            Ask::ConfirmOrder,
            Outbound::Orders(OrderCommand::Confirm { order_id }),
        ),
        (
            Ask::CloseOrder(Verdict::Reject(reason)),
            Outbound::Orders(OrderCommand::Reject { order_id, reason }),
        ),
        (
            Ask::CloseOrder(Verdict::Cancel(reason)),
            Outbound::Orders(OrderCommand::Cancel { order_id, reason }),
        ),
    ];
    for (ask, command) in commands {
        let asked = Event::AskedAgain {
            order_id,
            asks: vec![ask],
        };
        assert_eq!(Orchestrator::messages_of(&asked), [command]);
    }
}
