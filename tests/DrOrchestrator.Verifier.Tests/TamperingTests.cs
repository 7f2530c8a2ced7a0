using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Verifier.Tests;

/// <summary>Packs by somebody who has the key or rebuilds every checksum: what remains wrong must be named.</summary>
public sealed class TamperingTests
{
    [Fact]
    public void Verify_HeaderTextChanged_IsNamedByTheRoot()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("headers.jsonl", text => text.Replace("\"ada\"", "\"eve\"")));

        report.Problem!.Should().Match<PackProblem>(problem => problem.Entry == "headers.jsonl" && problem.Place == "the tree over all lines");
    }

    [Fact]
    public void Verify_PayloadChanged_IsNamedByItsRecord()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("payloads.jsonl", text => text.Replace("\"lost\":\"0\"", "\"lost\":\"1\"")));

        report.Problem!.Entry.Should().Be("payloads.jsonl");
        report.Problem.Place.Should().Be("line 5 (record 4)");
        report.Problem.Expected.Should().EndWith("as in its header");
        report.Payloads.Should().Be(4);
    }

    [Theory]
    [InlineData("\"payload\":{\"lost\":\"0\",\"rto\":4.25}", "\"payload\":{\"lost\": \"0\",\"rto\":4.25}", "column 20", "' \"0\",\"rto\":4.25},\"salt\":'")]
    [InlineData("{\"lost\":\"0\",\"rto\":4.25}", "{\"rto\":4.25,\"lost\":\"0\"}", "column 24", "'\"lost\":\"0\"},\"salt\":\"fb5e'")]
    [InlineData("\"rto\":4.25}", "\"rto\":4.250}", "column 30", "'4.250},\"salt\":\"fb5e51242'")]
    public void Verify_PayloadNotCanonical_IsNamedByLineAndColumn(string right, string wrong, string column, string found)
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("payloads.jsonl", text => text.Replace(right, wrong)));

        report.Problem!.Place.Should().Be($"line 5, {column}");
        report.Problem.Found.Should().Be(found);
    }

    [Fact]
    public void Verify_PayloadMissing_IsNamedByItsRecord()
    {
        var report = Packs.VerifyEntries(Packs.Small(), 1, entries => entries.Edit("payloads.jsonl", text => WithoutLine(text, "\"seq\":\"4\"")));

        report.Problem!.ToString().Should().Be("payloads.jsonl, line 5: found the payload of record 5; expected the payload of record 4, which is in scope.");
    }

    [Fact]
    public void Verify_LastPayloadMissing_IsNamedByItsRecord()
    {
        var report = Packs.VerifyEntries(Packs.Small(), 1, entries => entries.Edit("payloads.jsonl", text => WithoutLine(text, "\"seq\":\"9\"")));

        report.Problem!.ToString().Should().Be("payloads.jsonl, line 7: found the end of the entry; expected the payload of record 9, which is in scope.");
    }

    [Fact]
    public void Verify_PayloadOutsideTheScope_IsNamedByItsRecord()
    {
        var builder = Packs.Small();
        var extra = builder.Payloads[8].Text + "\n";

        var report = Packs.VerifyEntries(builder, 1, entries => entries.Edit("payloads.jsonl", text => text.Replace(builder.Payloads[9].Text, extra + builder.Payloads[9].Text)));

        report.Problem!.Entry.Should().Be("payloads.jsonl");
        report.Problem.Found.Should().Be("the payload of record 8");
    }

    [Fact]
    public void Verify_PayloadTwice_IsNamed()
    {
        var builder = Packs.Small();

        var report = Packs.VerifyEntries(builder, null, entries => entries.Edit("payloads.jsonl", text => text + builder.Payloads[^1].Text + "\n"));

        report.Problem!.Place.Should().Be("line 11 (record 9)");
        report.Problem.Found.Should().Be("the payload of record 9");
    }

    [Fact]
    public void Verify_RunLeftOutBySomebodyWithTheKey_IsNamed()
    {
        var builder = new PackBuilder().Append("run.opened", 1, []).Append("run.closed", 1, []).Append("run.opened", 3, []);

        var report = Packs.Verify(builder.ToZip());

        report.Problem!.ToString().Should().Be(
            "headers.jsonl, line 4 (record 3): found run.opened of run 3; expected run.opened of run 2: run numbers are gapless, so a run was left out.");
    }

    [Fact]
    public void Verify_RecordOfARunNeverOpened_IsNamed()
    {
        var report = Packs.Verify(new PackBuilder().Append("step.outcome", 1, []).ToZip());

        report.Problem!.Found.Should().Be("step.outcome of run 1");
    }

    [Fact]
    public void Verify_RunClosedTwice_IsNamed()
    {
        var report = Packs.Verify(new PackBuilder().Append("run.opened", 1, []).Append("run.closed", 1, []).Append("run.closed", 1, []).ToZip());

        report.Problem!.ToString().Should().Be("headers.jsonl, line 4 (record 3): found run.closed of run 1; expected one run.closed of run 1, not a second.");
    }

    [Fact]
    public void Verify_RecordLeftOut_IsNamedByItsNumber()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("headers.jsonl", text => WithoutLine(text, "\"seq\":\"3\"")));

        report.Problem!.ToString().Should().Be("headers.jsonl, line 4: found record 4; expected record 3: sequence numbers are gapless from 0.");
    }

    [Fact]
    public void Verify_NewestHeaderLeftOut_IsNamedByTheCheckpoint()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("headers.jsonl", text => WithoutLine(text, "\"seq\":\"9\"")));

        report.Problem!.ToString().Should().Be("headers.jsonl, its lines: found 9; expected 10, the size of the checkpoint.");
    }

    [Fact]
    public void Verify_HeaderBeyondTheCheckpoint_IsNamed()
    {
        var builder = Packs.Small();
        var more = Packs.Small().Append("server.stopped", null, []).Headers[^1];

        var report = Packs.VerifyEntries(builder, null, entries => entries.Edit("headers.jsonl", text => text + more + "\n"));

        report.Problem!.ToString().Should().Be("headers.jsonl, line 11: found record 10; expected the end: the checkpoint covers 10 records.");
    }

    [Fact]
    public void Verify_TimeRunningBackwards_IsNamed()
    {
        var builder = Packs.Small();
        builder.Headers[4] = builder.Headers[4].Replace("08:00:00.04", "07:00:00.04");

        var report = Packs.Verify(builder.ToZip());

        report.Problem!.ToString().Should().Be(
            "headers.jsonl, line 5 (record 4): found the time 2026-11-22T07:00:00.040000Z; expected not before 2026-11-22T08:00:00.030000Z, the time of the record before.");
    }

    [Theory]
    [InlineData("\"time\":\"2026-11-22T08:00:00.040000Z\"", "\"time\":\"2026-02-30T08:00:00.040000Z\"", "a moment as 2026-11-22T08:00:00.000000Z")]
    [InlineData("\"run\":\"1\"", "\"run\":1", "the next byte of '\"'")]
    [InlineData("\"run\":\"1\"", "\"run\":\"01\"", "a whole number in quotes, without leading zeros")]
    [InlineData("\"run\":\"1\"", "\"run\":\"0\"", "a run number from 1")]
    [InlineData("run.measured", "Run.measured", "a dotted lower-case word as kind")]
    [InlineData("\"actor\":\"system\"", "\"actor\":\"\"", "an actor")]
    [InlineData("\"system\":\"core-ledger\"", "\"system\":\"core\\u002dledger\"", "an escape that canonical JSON uses")]
    [InlineData("\"system\":\"core-ledger\"", "\"system\":{}", "the next byte of '\"'")]
    [InlineData("{\"actor\"", "{ \"actor\"", "the next byte of '{\"actor\":'")]
    [InlineData("Z\"}", "Z\",\"x\":1}", "the next byte of '}'")]
    public void Verify_HeaderNotCanonicalThoughSigned_IsNamedByLine(string right, string wrong, string expected)
    {
        var builder = Packs.Small();
        builder.Headers[4].Should().Contain(right);
        builder.Headers[4] = builder.Headers[4].Replace(right, wrong);

        var report = Packs.Verify(builder.ToZip());

        report.Problem!.Place.Should().StartWith("line 5 (record 4), column ");
        report.Problem.Expected.Should().Be(expected);
    }

    [Fact]
    public void Verify_SignatureBytesChangedWithTheChecksumsMadeRight_IsNamed()
    {
        var builder = Packs.Small();
        var note = builder.Checkpoint();
        var wrong = note[..^20] + (note[^20] == 'A' ? 'B' : 'A') + note[^19..];

        var report = Packs.VerifyEntries(builder, null, entries => entries.Edit("checkpoint", _ => wrong));

        report.Problem!.ToString().Should().Be(
            $"checkpoint, its signature: found one that the key of this pack did not make; expected a signature of the key {builder.KeyFingerprint}.");
    }

    [Fact]
    public void Verify_SignatureOfAnotherKeyUnderTheSameName_IsNamed()
    {
        var otherKey = Encoding.UTF8.GetString(Packs.Small(keySeed: 8).Entries()[2].Content);

        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Edit("key", _ => otherKey));

        report.Problem!.Should().Match<PackProblem>(problem => problem.Entry == "checkpoint" && problem.Place == "its signature");
    }

    [Fact]
    public void Verify_RecordZeroOfAnotherKey_IsNamed()
    {
        var builder = Packs.Small();
        var other = Packs.Small(keySeed: 8);
        builder.Headers[0] = other.Headers[0];
        builder.Payloads[0] = other.Payloads[0];

        var report = Packs.Verify(builder.ToZip());

        report.Problem!.Place.Should().Be("record 0, property publicKey");
    }

    [Fact]
    public void Verify_ObjectMissing_IsNamed()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Where(entry => !entry.Name.StartsWith("objects/")));

        report.Problem!.Entry.Should().StartWith("objects/");
        report.Problem.Found.Should().Be("nothing");
    }

    [Fact]
    public void Verify_ObjectNobodyNames_IsNamed()
    {
        var builder = Packs.Small();
        var hash = builder.Keep("a stowaway");

        var report = Packs.Verify(builder.ToZip());

        report.Problem!.Should().Be(new PackProblem($"objects/{hash}", "the entry", "an object that no payload in scope names", "only objects that are named"));
    }

    [Fact]
    public void Verify_ObjectChanged_IsNamed()
    {
        var report = Packs.VerifyEntries(
            Packs.Small(), null, entries => entries.Select(entry => entry.Name.StartsWith("objects/") ? (entry.Name, Encoding.UTF8.GetBytes("rewritten\n")) : entry));

        report.Problem!.Expected.Should().Be("the hash that is its name");
    }

    [Theory]
    [InlineData("\"run\":\"1\"", "\"run\":\"2\"", "payloads.jsonl")]
    [InlineData("\"run\":\"1\"", "\"run\":\"3\"", "pack.json")]
    [InlineData("\"size\":\"10\"", "\"size\":\"9\"", "pack.json")]
    [InlineData("\"version\":1", "\"version\":2", "pack.json")]
    [InlineData("}", "} ", "pack.json")]
    public void Verify_DescriptionChanged_IsNamed(string right, string wrong, string entry)
    {
        var report = Packs.VerifyEntries(Packs.Small(), 1, entries => entries.Edit("pack.json", text => text.Replace(right, wrong)));

        report.Problem!.Entry.Should().Be(entry);
    }

    private static string WithoutLine(string text, string mark)
    {
        var lines = text.Split('\n');
        var kept = lines.Where(line => !line.Contains(mark)).ToList();
        kept.Should().HaveCount(lines.Length - 1);
        return string.Join('\n', kept);
    }
}
