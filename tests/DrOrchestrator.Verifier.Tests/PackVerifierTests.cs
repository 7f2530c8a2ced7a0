using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Verifier.Tests;

public sealed class PackVerifierTests
{
    [Fact]
    public void Verify_RightPackOfEverything_IsVerifiedWithItsFigures()
    {
        var builder = Packs.Small();

        var report = Packs.Verify(builder.ToZip());

        report.Problem.Should().BeNull();
        report.Verified.Should().BeTrue();
        report.Claims.Should().Be(new VerificationClaims(true, Authenticity.NotAsked, null));
        report.Origin.Should().Be(builder.Origin);
        report.KeyFingerprint.Should().Be(builder.KeyFingerprint);
        (report.ScopeRun, report.Records, report.Payloads, report.Objects).Should().Be((null, 10, 10, 1));
        report.Runs.Should().Equal(1, 2);
        report.Figures.Should().HaveCount(2);
        report.Figures[0].Should().Match<RunFigures>(run => run.Run == 1 && run.Closed && run.Outcome == "passed");
        report.Figures[0].MeasuredPayloads.Single()["rto"]!.GetValue<double>().Should().Be(4.25);
        report.Figures[1].Should().Match<RunFigures>(run => run.Run == 2 && !run.Closed && run.Outcome == null);
        report.Notes.Should().Equal(
            "Whose log this is was not checked: compare the key fingerprint with one got from its operator by another way.",
            "Whether newer runs exist is not shown by this pack; a witness or a checkpoint kept outside would show it.",
            "Run 2 was still open when the pack was made: it has no closing record yet.");
    }

    [Fact]
    public void Verify_RightPackOfOneRun_ShowsOnlyItsPayloadsAndAllRuns()
    {
        var report = Packs.Verify(Packs.Small().ToZip(run: 1));

        report.Problem.Should().BeNull();
        (report.ScopeRun, report.Records, report.Payloads).Should().Be((1, 10, 7));
        report.Runs.Should().Equal(1, 2);
        report.Figures.Select(run => run.Run).Should().Equal(1);
        report.Notes.Should().Contain("3 of 10 records are here by their header only: their payloads are outside the scope of this pack.");
    }

    [Fact]
    public void Verify_FingerprintOfTheKeyGiven_IsAuthentic()
    {
        var builder = Packs.Small();

        var report = Packs.Verify(builder.ToZip(), new VerifyOptions(builder.KeyFingerprint));

        report.Verified.Should().BeTrue();
        report.Claims.Authentic.Should().Be(Authenticity.Authentic);
        report.Notes.Should().NotContain(note => note.StartsWith("Whose log"));
    }

    [Fact]
    public void Verify_ForgedPackSignedByAnotherKey_IsConsistentButNotAuthentic()
    {
        var real = Packs.Small();
        var forged = Packs.Small(keySeed: 99);

        var report = Packs.Verify(forged.ToZip(), new VerifyOptions(real.KeyFingerprint));

        report.Verified.Should().BeFalse();
        report.Claims.Should().Be(new VerificationClaims(true, Authenticity.OtherKey, null));
        report.Problem!.ToString().Should().Be(
            $"key, its fingerprint: found {forged.KeyFingerprint}; expected {real.KeyFingerprint}, as given: the pack is consistent, but signed by another key.");
    }

    [Fact]
    public void Verify_OlderOutsideCheckpoint_IsCompleteUpToIt()
    {
        var builder = Packs.Small();

        var report = Packs.Verify(builder.ToZip(), new VerifyOptions(OutsideCheckpoint: builder.Checkpoint(6)));

        report.Problem.Should().BeNull();
        report.Claims.CompleteUpTo.Should().Be(new CompleteUpTo(6, "2026-11-22T08:00:00.050000Z"));
    }

    [Fact]
    public void Verify_OutsideCheckpointOfARewrittenLog_IsNamedAsFork()
    {
        var rewritten = Packs.Small();
        var original = new PackBuilder().Append("server.started", null, new JsonObject { ["version"] = "0.0.9" });

        var report = Packs.Verify(rewritten.ToZip(), new VerifyOptions(OutsideCheckpoint: original.Checkpoint(2)));

        report.Verified.Should().BeFalse();
        report.Claims.Should().Be(new VerificationClaims(true, Authenticity.NotAsked, null));
        report.Problem!.Entry.Should().Be("(outside checkpoint)");
        report.Problem.Place.Should().Be("its root over 2 records");
        report.Problem.Expected.Should().EndWith("the root of the pack's headers: the log was rewritten");
    }

    [Fact]
    public void Verify_OutsideCheckpointNewerThanThePack_SaysTheNewestAreMissing()
    {
        var log = Packs.Small();
        var cut = new PackBuilder();

        var report = Packs.Verify(cut.ToZip(), new VerifyOptions(OutsideCheckpoint: log.Checkpoint()));

        report.Verified.Should().BeFalse();
        report.Problem!.ToString().Should().Be(
            "(outside checkpoint), its size: found 10 records; expected at most 1, as in the pack: the newest records are missing from the pack.");
    }

    [Fact]
    public void Verify_OutsideCheckpointSignedByAnotherKey_IsRefused()
    {
        var report = Packs.Verify(Packs.Small().ToZip(), new VerifyOptions(OutsideCheckpoint: Packs.Small(keySeed: 9).Checkpoint(3)));

        report.Problem!.Should().Match<PackProblem>(problem => problem.Entry == "(outside checkpoint)" && problem.Found == "none of this log's key");
    }

    [Fact]
    public void Verify_OutsideCheckpointCosignedByAWitness_IsAccepted()
    {
        var builder = Packs.Small();
        var cosigned = builder.Checkpoint(6) + "— witness.example " + Convert.ToBase64String(new byte[76]) + "\n";

        Packs.Verify(builder.ToZip(), new VerifyOptions(OutsideCheckpoint: cosigned)).Claims.CompleteUpTo!.Records.Should().Be(6);
    }

    [Theory]
    [InlineData("", "the signed note")]
    [InlineData("not a note\n", "the signed note")]
    [InlineData("a\nb\n\n— x AAAA\n", "signature line 1")]
    public void Verify_OutsideCheckpointThatIsNone_IsNamed(string text, string place)
    {
        var report = Packs.Verify(Packs.Small().ToZip(), new VerifyOptions(OutsideCheckpoint: text));

        report.Verified.Should().BeFalse();
        report.Problem!.Entry.Should().Be("(outside checkpoint)");
        report.Problem.Place.Should().Be(place);
    }
}
