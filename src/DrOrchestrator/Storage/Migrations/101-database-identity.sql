-- Which database this is, also after it was restored elsewhere: a data folder belongs to one of them.
CREATE TABLE database_identity (
    id TEXT NOT NULL PRIMARY KEY
);
