-- Chains of makers that were kept without their end, the data folder: whoever owns it had a hand in each. Which of them ended there is not in the row; they count as not known, so that
-- everybody may be in them who had a hand in any token their makers had by then.
UPDATE person_token SET makers = NULL WHERE makers IS NOT NULL AND makers NOT LIKE '%"operator"]';
