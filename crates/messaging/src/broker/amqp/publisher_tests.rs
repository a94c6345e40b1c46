use super::{Answer, Outcome, outcomes};

fn carrying(id: &str) -> Option<Answer> {
    Some(Answer::AckCarrying(Some(id.to_owned())))
}

fn judged<const N: usize>(answers: [Option<Answer>; N]) -> Vec<Outcome> {
    outcomes(["m1", "m2", "m3"].into_iter().map(Some), &answers)
}

#[test]
fn a_return_is_pinned_on_the_message_it_names_whoever_carries_it() {
    use Outcome::{Confirmed, Returned};
    assert_eq!(
        judged([carrying("m2"), Some(Answer::Ack), Some(Answer::Ack)]),
        [Confirmed, Returned, Confirmed]
    );
    assert_eq!(
        judged([carrying("m3"), Some(Answer::Ack), carrying("m1")]),
        [Returned, Confirmed, Returned]
    );
}

#[test]
fn a_carrier_is_unknown_while_its_own_return_may_still_be_queued() {
    // return(m3), return(m2), ack(2) carries m3's; the ack of m3 is lost, and with it
    // the return of m2.
    assert_eq!(
        judged([Some(Answer::Ack), carrying("m3"), None]),
        [Outcome::Confirmed, Outcome::Unknown, Outcome::Unknown]
    );
}

#[test]
fn a_return_is_known_even_when_another_confirm_is_missing() {
    assert_eq!(
        judged([carrying("m1"), Some(Answer::Nack), None]),
        [Outcome::Returned, Outcome::Nacked, Outcome::Unknown]
    );
}

/// lapin's bookkeeping (a queue of returns, its head pinned on whichever confirm resolves
/// next) against what the broker really did, over every order of acks of three messages,
/// every set of returned ones, and every prefix of the acks that arrived.
#[test]
fn no_order_of_acks_and_no_lost_ack_makes_a_returned_message_confirmed() {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        for returned in 0..8_u8 {
            for arrived in 0..=3 {
                check(order, returned, arrived);
            }
        }
    }
}

fn check(order: [usize; 3], returned: u8, arrived: usize) {
    let ids = ["m1", "m2", "m3"];
    // The earliest the broker may send a return is before all acks.
    let mut waiting: std::collections::VecDeque<_> =
        (0..3).rev().filter(|i| returned & (1 << i) != 0).collect();
    let mut answers = [None, None, None];
    for index in order.into_iter().take(arrived) {
        answers[index] = match waiting.pop_front() {
            Some(id) => carrying(ids[id]),
            None => Some(Answer::Ack),
        };
    }
    for (index, outcome) in judged(answers).into_iter().enumerate() {
        let was_returned = returned & (1 << index) != 0;
        let case = format!("order {order:?}, returned {returned:03b}, {arrived} acks, m{index}");
        match outcome {
            Outcome::Confirmed => assert!(!was_returned, "{case}"),
            Outcome::Returned => assert!(was_returned, "{case}"),
            Outcome::Unknown => assert!(arrived < 3, "{case}: nothing was missing"),
            Outcome::Nacked => panic!("{case}: nothing was nacked"),
        }
    }
}
