//! Fresh databases for tests: a SQLite file in a folder that goes away, and a database of a PostgreSQL
//! cluster that this process starts once, on a free port, and stops with itself. A machine without
//! PostgreSQL fails the tests with one line; nothing is skipped.
