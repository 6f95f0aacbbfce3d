//! Rows of an answer.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::{DataRowBody, RowDescriptionBody};
use tokio_postgres::types::{FromSql, Type, WrongType};

use crate::{Error, Result};

/// What a column is called and holds.
#[derive(Debug)]
pub(crate) struct Column {
    name: String,
    ty: Type,
}

/// The columns of a statement's answer. Types that are not PostgreSQL's own can be read by nothing
/// that we know: a statement casts them.
pub(crate) fn columns(body: &RowDescriptionBody) -> Result<Arc<[Column]>> {
    let fields = body.fields().map(|field| {
        Ok(Column {
            name: field.name().to_owned(),
            ty: Type::from_oid(field.type_oid()).unwrap_or(Type::UNKNOWN),
        })
    });
    let columns: Vec<Column> = fields.collect().map_err(Error::Lost)?;
    Ok(columns.into())
}

/// One row.
pub struct Row {
    columns: Arc<[Column]>,
    body: DataRowBody,
    ranges: Vec<Option<Range<usize>>>,
}

impl Row {
    pub(crate) fn new(columns: Arc<[Column]>, body: DataRowBody) -> Result<Self> {
        let ranges: Vec<_> = body.ranges().collect().map_err(Error::Lost)?;
        Ok(Self {
            columns,
            body,
            ranges,
        })
    }

    /// The value of a column, by place or name.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn try_get<'a, I: ColumnIndex + fmt::Display, T: FromSql<'a>>(
        &'a self,
        at: I,
    ) -> Result<T> {
        let wrong = |source: Box<dyn std::error::Error + Sync + Send>| Error::Column {
            column: at.to_string(),
            source,
        };
        let place = at.place(&self.columns);
        let column =
            place.and_then(|place| Some((self.columns.get(place)?, self.ranges.get(place)?)));
        let Some((column, range)) = column else {
            return Err(wrong("there is no such column".into()));
        };
        if !T::accepts(&column.ty) {
            return Err(wrong(Box::new(WrongType::new::<T>(column.ty.clone()))));
        }
        let value = range
            .clone()
            .and_then(|range| self.body.buffer().get(range));
        T::from_sql_nullable(&column.ty, value).map_err(wrong)
    }

    /// The value of a column, by place or name, where the statement and its reader stand side by
    /// side and a test runs both.
    ///
    /// # Panics
    /// Where [`Row::try_get`] fails.
    #[expect(
        clippy::panic,
        reason = "a reader that does not fit its statement is a defect"
    )]
    pub fn get<'a, I: ColumnIndex + fmt::Display, T: FromSql<'a>>(&'a self, at: I) -> T {
        match self.try_get(at) {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names alone: values do not belong into logs.
        let names = self.columns.iter().map(|column| &column.name);
        f.debug_list().entries(names).finish()
    }
}

/// A column's place, or its name.
pub trait ColumnIndex: sealed::Place {}
impl<T: sealed::Place> ColumnIndex for T {}

mod sealed {
    use super::Column;

    /// Finds the place of a column.
    pub trait Place {
        /// From 0; `None` where there is no such column.
        #[expect(
            private_interfaces,
            reason = "sealed: nobody else can call or implement it"
        )]
        fn place(&self, columns: &[Column]) -> Option<usize>;
    }

    impl Place for usize {
        #[expect(private_interfaces, reason = "as the trait's")]
        fn place(&self, _: &[Column]) -> Option<usize> {
            Some(*self)
        }
    }

    impl Place for &str {
        #[expect(private_interfaces, reason = "as the trait's")]
        fn place(&self, columns: &[Column]) -> Option<usize> {
            columns.iter().position(|column| column.name == *self)
        }
    }
}
