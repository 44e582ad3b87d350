"""The workbook as a planner gets it: made from the schema, with guide, lists to choose from, comments and colours."""
