//! What was paid and for what, put together for showing.

use std::collections::HashMap;

use bailiwick_pg::Tx;
use serde_json::Value;

use super::account;
use crate::error::{Error, Result};
use crate::instance::Idp;
use crate::model::billing::item::Around;
use crate::model::billing::{Api, Payer, item, payment};
use crate::store::billing::catalog::Catalog;
use crate::store::billing::items::{self, Item};
use crate::store::billing::methods::{self, Method};
use crate::store::billing::payments::{self, Payment};
use crate::store::billing::statements::Statement;
use crate::store::billing::subscriptions::{self, Subscription};
use crate::store::{self, Page};

/// Rows of any payers with what they refer to.
pub struct Book {
    catalog: Catalog,
    subscriptions: HashMap<String, Subscription>,
    payers: HashMap<String, Payer>,
    items: HashMap<String, Item>,
    methods: HashMap<String, Method>,
}

impl Book {
    /// What items refer to.
    pub async fn of_items(tx: &mut Tx, rows: &[Item]) -> Result<Self> {
        let mut book = Self::empty(tx, rows).await?;
        let ids = rows.iter().map(|row| row.subscription_id.clone());
        book.load_subscriptions(tx, ids.collect()).await?;
        Ok(book)
    }

    /// What payments refer to.
    pub async fn of_payments(tx: &mut Tx, rows: &[Payment]) -> Result<Self> {
        let ids: Vec<String> = rows.iter().map(|row| row.item_id.clone()).collect();
        let items = items::load(tx, &ids).await?;
        let mut book = Self::empty(tx, &items).await?;
        book.items = items.into_iter().map(|row| (row.id.clone(), row)).collect();
        let ids: Vec<String> = rows
            .iter()
            .map(|row| row.payment_method_id.clone())
            .collect();
        let methods = methods::load(tx, &ids).await?;
        book.methods = methods
            .into_iter()
            .map(|row| (row.id.clone(), row))
            .collect();
        let ids = rows.iter().map(|row| row.subscription_id.clone());
        book.load_subscriptions(tx, ids.collect()).await?;
        Ok(book)
    }

    async fn empty(tx: &mut Tx, items: &[Item]) -> Result<Self> {
        let prices: Vec<String> = items.iter().map(|row| row.price_id.clone()).collect();
        Ok(Self {
            catalog: Catalog::load(tx, &prices).await?,
            subscriptions: HashMap::new(),
            payers: HashMap::new(),
            items: HashMap::new(),
            methods: HashMap::new(),
        })
    }

    async fn load_subscriptions(&mut self, tx: &mut Tx, ids: Vec<String>) -> Result<()> {
        let rows = subscriptions::load(tx, &ids).await?;
        self.payers = account::payers(tx, &rows).await?;
        self.subscriptions = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        Ok(())
    }

    fn around<'a>(&'a self, idp: &'a Idp, subscription_id: &str) -> Result<Around<'a>> {
        let missing = || Error::Internal("a subscription went while it was read".to_owned());
        Ok(Around {
            config: idp.config(),
            instance_id: idp.keys().instance_id(),
            catalog: &self.catalog,
            subscription: self
                .subscriptions
                .get(subscription_id)
                .ok_or_else(missing)?,
            payer: self.payers.get(subscription_id).ok_or_else(missing)?,
        })
    }

    /// An item's resource.
    pub fn item(&self, idp: &Idp, row: &Item, api: Api) -> Result<Value> {
        item::item(&self.around(idp, &row.subscription_id)?, row, api)
    }

    /// A payment's resource.
    pub fn payment(&self, idp: &Idp, row: &Payment, api: Api) -> Result<Value> {
        let missing = || Error::Internal("a payment for nothing".to_owned());
        let item = self.items.get(&row.item_id).ok_or_else(missing)?;
        let method = self
            .methods
            .get(&row.payment_method_id)
            .ok_or_else(missing)?;
        let around = self.around(idp, &row.subscription_id)?;
        payment::payment(&around, row, item, method, api)
    }
}

/// The resources of payments.
pub async fn payments(idp: &Idp, tx: &mut Tx, rows: &[Payment], api: Api) -> Result<Vec<Value>> {
    let book = Book::of_payments(tx, rows).await?;
    rows.iter().map(|row| book.payment(idp, row, api)).collect()
}

/// The resources of statements, each with its newest payments.
pub async fn statements(
    idp: &Idp,
    tx: &mut Tx,
    rows: &[Statement],
    api: Api,
) -> Result<Vec<Value>> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let all = Page {
        limit: Page::MAX,
        offset: 0,
    };
    let paid = payments::of_statements(tx, &ids, all).await?;
    let mut book = Book::of_payments(tx, &paid).await?;
    let ids = rows.iter().map(|row| row.subscription_id.clone());
    book.load_subscriptions(tx, ids.collect()).await?;
    let now = store::now(idp.env());
    let show = |row: &Statement| {
        let own = paid.iter().filter(|payment| payment.statement_id == row.id);
        let own: Result<Vec<(&Payment, Value)>> = own
            .map(|payment| Ok((payment, book.payment(idp, payment, api)?)))
            .collect();
        let around = book.around(idp, &row.subscription_id)?;
        Ok(payment::statement(&around, row, &own?, now))
    };
    rows.iter().map(show).collect()
}
