//! A condition put together piece by piece before it is known which engine reads it. It knows no table: what is asked
//! and why, the files of the nouns say.

use sqlx::{Database, Encode, QueryBuilder, Type};

/// One piece of a condition.
enum Piece {
    Sql(&'static str),
    Text(String),
    Number(i64),
}

/// A growing condition.
pub struct Condition(Vec<Piece>);

impl Condition {
    /// One that holds always, for others to be added by `and`.
    pub fn always() -> Self {
        Self(vec![Piece::Sql("true")])
    }

    /// Adds a piece of SQL.
    pub fn sql(&mut self, sql: &'static str) -> &mut Self {
        self.0.push(Piece::Sql(sql));
        self
    }

    /// Adds a text as a parameter.
    pub fn text(&mut self, text: impl ToString) -> &mut Self {
        self.0.push(Piece::Text(text.to_string()));
        self
    }

    /// Adds a number as a parameter.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.0.push(Piece::Number(number));
        self
    }

    /// Adds `(COLUMN in (…))`, or what never holds when there are no values.
    pub fn one_of(&mut self, column: &'static str, values: impl IntoIterator<Item: ToString>) -> &mut Self {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return self.sql("false");
        }
        self.sql("(").sql(column).sql(" in (");
        for (place, value) in values.enumerate() {
            self.sql(if place == 0 { "" } else { ", " }).text(value);
        }
        self.sql("))")
    }

    /// Writes the condition at the end of a statement.
    pub fn push_to<Db: Database>(self, query: &mut QueryBuilder<Db>)
    where
        for<'a> String: Encode<'a, Db> + Type<Db>,
        for<'a> i64: Encode<'a, Db> + Type<Db>,
    {
        for piece in self.0 {
            match piece {
                Piece::Sql(sql) => query.push(sql),
                Piece::Text(text) => query.push_bind(text),
                Piece::Number(number) => query.push_bind(number),
            };
        }
    }
}
