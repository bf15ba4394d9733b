-- Version 1. The columns that end in _key are what the SDK (crm::keys) makes of the column beside them. Their indexes are
-- hashes: a key may be longer than an entry of a tree.
CREATE TABLE customers (
    n           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          text NOT NULL UNIQUE,
    name        text NOT NULL,
    name_key    text,
    email       text,
    email_key   text,
    phone       text,
    phone_key   text,
    phone_tail  text,
    account     text,
    account_key text,
    company     text,
    language    text,
    vip         boolean NOT NULL,
    since       text,
    notes       text,
    fields      jsonb NOT NULL, -- an object of strings
    words       tsvector NOT NULL, -- what src/words.rs makes of the customer
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX customers_by_name ON customers USING hash (name_key);
CREATE INDEX customers_by_email ON customers USING hash (email_key);
CREATE INDEX customers_by_phone ON customers USING hash (phone_tail);
CREATE INDEX customers_by_account ON customers USING hash (account_key);
CREATE INDEX customers_by_words ON customers USING gin (words);
CREATE INDEX customers_by_change ON customers (changed_at);

-- The custom fields once more, to look customers up by them.
CREATE TABLE customer_fields (
    customer  bigint NOT NULL REFERENCES customers (n),
    name      text NOT NULL,
    value_key text NOT NULL
);
CREATE INDEX customer_fields_by_customer ON customer_fields (customer);
CREATE INDEX customer_fields_by_value ON customer_fields USING hash (value_key);

CREATE SEQUENCE case_numbers START 1001;
CREATE TABLE cases (
    n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         text NOT NULL UNIQUE,
    number     text NOT NULL,
    number_key text NOT NULL UNIQUE,
    customer   bigint NOT NULL REFERENCES customers (n),
    subject    text NOT NULL,
    status     text NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    opened_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX cases_by_customer ON cases (customer, opened_at);

CREATE TABLE notes (
    n       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "case"  bigint NOT NULL REFERENCES cases (n),
    at      text NOT NULL, -- RFC 3339, as the engine wrote it
    author  text NOT NULL,
    text    text NOT NULL,
    chat_id text UNIQUE -- a chat's log is stored once
);
CREATE INDEX notes_by_case ON notes ("case", n);
