//! Billing: plans, subscriptions, payments. The two APIs differ in a field here and there; what is
//! not said otherwise is the same in both.

pub mod catalog;
pub mod checkout;
pub mod events;
pub mod item;
pub mod older;
pub mod payer;
pub mod payment;
pub mod subscription;

pub use payer::Payer;

use serde_json::{Value, json};

/// Which of the APIs a resource is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Browsers.
    Frontend,
    /// Servers.
    Backend,
}

/// An amount in the smallest unit, as both show it.
#[must_use]
pub fn money(amount: i64, currency: &str) -> Value {
    json!({
        "amount": amount,
        "amount_formatted": formatted(amount, currency),
        "currency": currency,
        "currency_symbol": symbol(currency),
    })
}

fn formatted(amount: i64, currency: &str) -> String {
    if matches!(currency, "JPY" | "KRW" | "VND" | "CLP") {
        return amount.to_string();
    }
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}

fn symbol(currency: &str) -> &str {
    match currency {
        "USD" | "CAD" | "AUD" | "CLP" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "KRW" => "₩",
        "VND" => "₫",
        "INR" => "₹",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(money(4900, "USD")["amount_formatted"], "49.00");
        assert_eq!(money(-5, "EUR")["amount_formatted"], "-0.05");
        assert_eq!(money(4900, "JPY")["amount_formatted"], "4900");
        assert_eq!(money(1, "CHF")["currency_symbol"], "CHF");
    }
}
