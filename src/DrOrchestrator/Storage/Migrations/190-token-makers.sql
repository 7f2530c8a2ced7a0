-- Who made a token, who made the token that one was made with, and so on: whoever is among them has had a hand in it. Null on tokens of before: their maker alone is known.
ALTER TABLE person_token ADD COLUMN makers TEXT NULL;
