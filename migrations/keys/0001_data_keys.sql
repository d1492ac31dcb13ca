-- The key store, a database of its own: one key per person, wrapped under a key of the secrets folder (`kek` names
-- it). A row is committed here before anything is sealed with its key. To erase what a person wrote in confidence is
-- to delete the row; so backups of this table are short-lived, and those of the main database hold no key.

create table data_keys (
    account    text primary key,
    wrapped    text not null,
    kek        text not null,
    created_at bigint not null
);
