//! The gateway: test cards that the provider keeps itself. No money is ever moved.
//!
//! The names are those that developers know from the documentation of card gateways, so that what
//! they have written for one works here.

use crate::store::billing::methods::Method;

/// A card that is charged without complaint.
pub const WORKING: &str = "pm_card_visa";

/// A test card.
pub struct Card {
    /// What it is asked for by.
    pub token: &'static str,
    /// Its brand.
    pub brand: &'static str,
    /// Its last four digits.
    pub last4: &'static str,
    /// Why every charge of it is refused, if it is.
    decline: Option<&'static str>,
}

const CARDS: [Card; 4] = [
    Card {
        token: WORKING,
        brand: "visa",
        last4: "4242",
        decline: None,
    },
    Card {
        token: "pm_card_mastercard",
        brand: "mastercard",
        last4: "4444",
        decline: None,
    },
    Card {
        token: "pm_card_amex",
        brand: "amex",
        last4: "8431",
        decline: None,
    },
    // Can be stored, and fails when it is charged.
    Card {
        token: "pm_card_chargeCustomerFail",
        brand: "visa",
        last4: "0341",
        decline: Some("card_declined"),
    },
];

/// The card of that name.
pub fn card(token: &str) -> Option<&'static Card> {
    CARDS.iter().find(|card| card.token == token)
}

/// Charges a method; why that is refused, if it is.
pub fn charge(method: &Method) -> Result<(), &'static str> {
    if method.kind != "card" {
        return Ok(());
    }
    match card(&method.token) {
        Some(card) => card.decline.map_or(Ok(()), Err),
        None => Err("invalid_payment_method"),
    }
}
