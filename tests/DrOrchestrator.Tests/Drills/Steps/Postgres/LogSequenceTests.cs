using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class LogSequenceTests
{
    private const ulong Block = 8192;
    private const ulong Segment = 16 * 1024 * 1024;

    [Theory]
    [InlineData("0/1500790", 0x1500790ul)]
    [InlineData("16/B374D848", 0x16B374D848ul)]
    [InlineData("", null)]
    [InlineData("16", null)]
    [InlineData("1/2/3", null)]
    [InlineData("x/1", null)]
    public void Parse_Text_ReadsBothHalves(string text, ulong? value) => LogSequence.Parse(text)?.Value.Should().Be(value);

    [Theory]
    [InlineData("0/3000028", 114, "0/30000A0")]
    [InlineData("0/3001F88", 120, "0/3002000")]
    [InlineData("0/3001FC0", 114, "0/3002050")]
    [InlineData("0/3FFFFC0", 114, "0/4000060")]
    public void EndOfRecord_Lengths_AddPageHeadersAndAlignment(string at, int length, string end) =>
        LogSequence.Parse(at)!.Value.EndOfRecord((ulong)length, Block, Segment).ToString().Should().Be(end);

    /// <summary>The server says where each record it writes ends; pg_waldump says where it begins and how long it is.</summary>
    [Fact]
    public async Task EndOfRecord_RecordsOverPagesAndFiles_IsWhereTheServerSaysTheyEnd()
    {
        await using var server = await PostgresServer.StartNewAsync("autovacuum = off", "wal_keep_size = 256MB");
        var from = await server.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");

        // Lengths that bring records to each alignment and over one page; the last one goes on over a whole file, whose first page has a longer header.
        var ends = new List<string>();
        foreach (var length in Enumerable.Range(1, 40).Select(n => n * 211).Append(17_000_000))
        {
            ends.Add(await server.ScalarAsync<string>($"SELECT pg_logical_emit_message(false, 'dro', repeat('x', {length}))::text"));
        }

        // A commit writes all of the log that is in front of it.
        await server.ExecuteAsync("CREATE TABLE written ()");
        var dump = await PostgresServer.RunAsync(
            Path.Combine(PostgresServer.Programs, "pg_waldump"), "-p", Path.Combine(server.DataFolder, "pg_wal"), "-s", from, "-e", ends[^1], "--rmgr=LogicalMessage");
        var records = Regex.Matches(dump, @"len \(rec/tot\): +\d+/ *(\d+), .*? lsn: ([0-9A-F/]+),", RegexOptions.None, TimeSpan.FromSeconds(10));

        records.Select(record => LogSequence.Parse(record.Groups[2].Value)!.Value.EndOfRecord(ulong.Parse(record.Groups[1].Value, CultureInfo.InvariantCulture), Block, Segment))
            .Should().Equal(ends.Select(end => LogSequence.Parse(end)!.Value));
        records.Count(record => LogSequence.Parse(record.Groups[2].Value)!.Value.Value % Block + ulong.Parse(record.Groups[1].Value, CultureInfo.InvariantCulture) > Block).Should().BeGreaterThan(20, "most go on over a page");
    }

    [Theory]
    [InlineData("1\t0/3000060\tno recovery target specified\n\n2\t0/50000A0\tno recovery target specified\n", 1, "0/3000060")]
    [InlineData("1\t0/3000060\tno recovery target specified\n\n2\t0/50000A0\tno recovery target specified\n", 2, "0/50000A0")]
    [InlineData("1\t0/3000060\tno recovery target specified\n", 2, null)]
    [InlineData(null, 1, null)]
    public void ForkOf_History_NamesWhereATimelineWasLeft(string? history, long timeline, string? fork) => Divergence.ForkOf(history, timeline)?.ToString().Should().Be(fork);
}
