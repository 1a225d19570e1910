-- The version before reads joined reactions as they are.
SELECT 1;
