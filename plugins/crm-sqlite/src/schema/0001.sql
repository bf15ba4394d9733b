-- Version 1. The columns that end in _key are what the SDK (crm::keys) makes of the column beside them.
CREATE TABLE customers (
    n           INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT,
    email       TEXT,
    email_key   TEXT,
    phone       TEXT,
    phone_key   TEXT,
    phone_tail  TEXT,
    account     TEXT,
    account_key TEXT,
    company     TEXT,
    language    TEXT,
    vip         INTEGER NOT NULL,
    since       TEXT,
    notes       TEXT,
    fields      TEXT NOT NULL, -- a JSON object of strings
    version     INTEGER NOT NULL,
    changed_at  TEXT NOT NULL
) STRICT;
CREATE INDEX customers_by_name ON customers (name_key);
CREATE INDEX customers_by_email ON customers (email_key);
CREATE INDEX customers_by_phone ON customers (phone_tail);
CREATE INDEX customers_by_account ON customers (account_key);
CREATE INDEX customers_by_change ON customers (changed_at);

-- The custom fields once more, to look customers up by them.
CREATE TABLE customer_fields (
    customer  INTEGER NOT NULL REFERENCES customers (n),
    name      TEXT NOT NULL,
    value_key TEXT NOT NULL,
    PRIMARY KEY (customer, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_fields_by_value ON customer_fields (name, value_key);

-- What pick-a-customer searches; rowid is customers.n.
CREATE VIRTUAL TABLE customer_words USING fts5 (
    name, email, phone, account, company,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '2 3'
);

CREATE TABLE cases (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    number     TEXT NOT NULL,
    number_key TEXT NOT NULL UNIQUE,
    customer   INTEGER NOT NULL REFERENCES customers (n),
    subject    TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    opened_at  TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX cases_by_customer ON cases (customer, opened_at);

CREATE TABLE notes (
    n       INTEGER PRIMARY KEY,
    "case"  INTEGER NOT NULL REFERENCES cases (n),
    at      TEXT NOT NULL,
    author  TEXT NOT NULL,
    text    TEXT NOT NULL,
    chat_id TEXT UNIQUE -- a chat's log is stored once
) STRICT;
CREATE INDEX notes_by_case ON notes ("case", n);

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('case', 1000);
