using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class ReconciledTableTests
{
    [Theory]
    [InlineData("""{ "tables": { "public.entries": { "key": ["id"], "show": ["amount"], "hash": ["holder"] } } }""", null)]
    [InlineData("""{ "tables": { "public.entries": { "keys": ["id"], "key": ["id"] } } }""", "'keys' of 'public.entries' is unknown; 'key' is near")]
    [InlineData("""{ "tables": { "public.entries": { "show": ["amount"] } } }""", "'public.entries' has no 'key'")]
    [InlineData("""{ "tables": { "public.entries": { "key": "id" } } }""", "'key' of 'public.entries' is no list of columns")]
    [InlineData("""{ "tables": { "public.entries": { "key": ["id\") FROM x"] } } }""", "'key' of 'public.entries' is no list of columns")]
    [InlineData("""{ "tables": { "entries": { "key": ["id"] } } }""", "'entries' is no table with its schema")]
    [InlineData("""{ "tables": { "public.entries": "id" } }""", "'public.entries' says nothing of its columns")]
    [InlineData("""{ "tables": {} }""", "'tables' names no table, or more than 20")]
    [InlineData("""{ "tables": ["public.entries"] }""", "'tables' names no table, or more than 20")]
    public void Judge_WhatAPlanSays_IsTakenOrRefusedWithWhatIsAllowed(string with, string? found)
    {
        var problems = ReconciledTable.Judge(StepBench.Parameters(with)).ToList();

        problems.Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);
        problems.TrueForAll(problem => problem.Parameter == "tables" && problem.Allowed.StartsWith("SCHEMA.TABLE", StringComparison.Ordinal) && problem.Remedy.Length > 0).Should().BeTrue();
    }

    [Fact]
    public void Word_OfATable_IsPlain()
    {
        var table = ReconciledTable.From(StepBench.Parameters("""{ "tables": { "public.entries": { "key": ["side", "id"], "hash": ["holder"] } } }""")).Single();

        table.Word.Should().Be("public.entries/side.id//holder");
        DatabaseHosts.IsPlain(table.Word).Should().BeTrue();
    }
}
