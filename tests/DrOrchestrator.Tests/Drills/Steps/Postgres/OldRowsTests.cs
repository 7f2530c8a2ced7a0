using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>What a host says of rows: taken as a whole, or not at all.</summary>
public sealed class OldRowsTests
{
    private const string Whole = """
        { "nextXid": 740, "rest": { "tables": ["public.fees"], "largeObjects": false, "databases": [], "gone": 0 },
          "tables": [{ "name": "public.entries", "relation": "1663/5/16384", "head": { "kind": "r", "columns": "id integer" }, "touched": [["(0,1)", "-", false]], "moreTouched": false, "unread": 0, "more": false,
            "rows": [[["1"], "(0,2)", "ab", ["10"], ["cd"]]] }] }
        """;

    private static readonly IReadOnlyList<ReconciledTable> Tables = [new ReconciledTable("public.entries", ["id"], ["amount"], ["holder"])];

    [Fact]
    public void From_WhatTheScriptSays_IsRead()
    {
        var read = OldRows.From(JsonNode.Parse(Whole)!.AsObject(), Tables)!;

        read.Next.Should().Be(740);
        read.Tables.Single().Rows.Single().Should().Match<SideRow>(row => row.KeyText == "1" && row.Place == "(0,2)" && row.Writer == 0);
        read.Tables.Single().Touched.Should().Equal(new TouchedRow("(0,1)", "-", false));
        read.Rest.Gaps().Should().Equal("transactions that only the old side has wrote to tables that are not compared: public.fees");
        read.Rest.Without(["fees"]).Gaps().Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"nextXid\": 740, ", "")]
    [InlineData("\"nextXid\": 740", "\"nextXid\": \"many\"")]
    [InlineData("\"rest\":", "\"other\":")]
    [InlineData("[\"public.fees\"]", "[7]")]
    [InlineData("\"gone\": 0", "\"gone\": null")]
    [InlineData("\"name\": \"public.entries\"", "\"name\": \"public.others\"")]
    [InlineData("\"head\":", "\"tail\":")]
    [InlineData("{ \"kind\": \"r\", \"columns\": \"id integer\" }", "\"r\"")]
    [InlineData("[\"(0,1)\", \"-\", false]", "[\"(0,1)\", \"-\"]")]
    [InlineData("[\"(0,1)\", \"-\", false]", "[\"(0,1)\", \"-\", \"no\"]")]
    [InlineData("[[\"1\"], \"(0,2)\"", "[[], \"(0,2)\"")]
    [InlineData("[[\"1\"], \"(0,2)\"", "[[\"1\"], 2")]
    [InlineData("[[\"1\"], \"(0,2)\"", "[\"1\", \"(0,2)\"")]
    [InlineData("[\"10\"], ", "")]
    [InlineData("[\"10\"]", "[]")]
    [InlineData("[\"cd\"]", "{}")]
    [InlineData("\"rows\": [", "\"rows\": [null, ")]
    [InlineData("\"rows\": [", "\"lines\": [")]
    [InlineData("\"tables\": [{", "\"tables\": [null, {")]
    public void From_AnythingElse_IsNothing(string said, string instead)
    {
        var changed = Whole.Replace(said, instead, StringComparison.Ordinal);
        changed.Should().NotBe(Whole);

        OldRows.From(JsonNode.Parse(changed)!.AsObject(), Tables).Should().BeNull();
    }

    [Fact]
    public void Gaps_OfMoreThanCanBeNamed_SayHowManyMore()
    {
        var rest = new RowRest([.. Enumerable.Range(10, 23).Select(n => $"public.t{n}")], true, ["crm"], 2);

        rest.Gaps().Should().Equal(
            $"transactions that only the old side has wrote to tables that are not compared: {string.Join(", ", Enumerable.Range(10, 20).Select(n => $"public.t{n}"))} and 3 more",
            "transactions that only the old side has wrote to large objects, which are not compared",
            "transactions that only the old side has wrote to other databases, which are not compared: crm",
            "transactions that only the old side has wrote to 2 files of tables that were dropped, emptied or rewritten there afterwards");
    }
}
