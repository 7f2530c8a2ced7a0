using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <content>Who may write, and how long one may stand still.</content>
public abstract partial class DrillJournalContract
{
    private static readonly TimeSpan OneMicrosecond = TimeSpan.FromMicroseconds(1);

    [Fact]
    public async Task ClaimAsync_OneAfterTheOther_GivesTheNextEpochThePreviousOwnerAndTheGap()
    {
        await OpenAsync(Ledger);
        Pass(TimeSpan.FromSeconds(5));
        (await ClaimAsync(1, "a")).Should().Be(new LeaseClaim(1, null, TimeSpan.Zero));

        Pass(TimeSpan.FromSeconds(7));
        (await Other.ClaimAsync(1, "b", (_, _) => [], default)).Should().Be(new LeaseClaim(2, "a", TimeSpan.FromSeconds(7)));

        Pass(TimeSpan.FromMinutes(3));
        Reopen();
        (await ClaimAsync(1, "b")).Should().Be(new LeaseClaim(3, "b", TimeSpan.FromMinutes(3)));
    }

    [Fact]
    public async Task ClaimAsync_GapOfAnOwner_IsCountedFromItsLastWrite()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(TimeSpan.FromSeconds(40));
        await Journal.AppendAsync(1, 1, Phase("gates"), default);
        Pass(TimeSpan.FromSeconds(40));
        (await ClaimAsync(1, "b")).Gap.Should().Be(TimeSpan.FromSeconds(40), "a line renews the lease");

        Pass(TimeSpan.FromSeconds(30));
        await Journal.RenewAsync(1, 2, default);
        Pass(TimeSpan.FromSeconds(20));
        (await ClaimAsync(1, "c")).Gap.Should().Be(TimeSpan.FromSeconds(20));

        Pass(TimeSpan.FromSeconds(10));
        await Journal.AppendAnswerAsync(1, Answer("chen"), _ => null, default);
        Pass(TimeSpan.FromSeconds(10));
        (await ClaimAsync(1, "d")).Gap.Should().Be(TimeSpan.FromSeconds(20), "what a person says shows nothing of the owner");
    }

    [Fact]
    public async Task ClaimAsync_OwnerLetItGo_IsTrueUntilTheNextClaim()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        await Journal.AppendAsync(1, 1, Phase("gates") with { LetsGo = true }, default);
        await Journal.RenewAsync(1, 1, default);

        (await Other.ClaimAsync(1, "b", (_, _) => [], default)).LetGo.Should().BeTrue();
        (await ClaimAsync(1, "c")).LetGo.Should().BeFalse("the one before has claimed it");
        await Journal.LetGoAsync(1, 3, default);
        Reopen();
        (await ClaimAsync(1, "c")).LetGo.Should().BeTrue();
        await IsStaleAsync(() => Journal.LetGoAsync(1, 3, default), epoch: 3);
        (await ClaimAsync(1, "d")).LetGo.Should().BeFalse("a former owner lets nothing go");
    }

    [Fact]
    public async Task ClaimAsync_FirstLines_SeeWhatIsThereAndAreWrittenUnderTheNewEpoch()
    {
        await OpenAsync(Ledger);
        await Journal.ClaimAsync(1, "a", (_, _) => [Phase("gates")], default);
        Pass(TimeSpan.FromSeconds(9));
        LeaseClaim? told = null;
        string[] seen = [];

        var claim = await Other.ClaimAsync(
            1,
            "b",
            (proposed, lines) =>
            {
                told = proposed;
                seen = [.. Texts(lines)];
                return [Phase("steps"), Phase("measure")];
            },
            default);

        told.Should().Be(claim).And.Be(new LeaseClaim(2, "a", TimeSpan.FromSeconds(9)));
        var all = await Journal.ReadAsync(1, 0, default);
        seen.Should().Equal(Texts(all.Take(2)));
        all.Skip(2).Select(line => (line.Sequence, line.Epoch, (string?)line.Data["phase"])).Should().Equal((3, 2, "steps"), (4, 2, "measure"));
    }

    [Fact]
    public async Task ClaimAsync_FirstThrows_LeavesTheLeaseWhereItWas()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(TimeSpan.FromSeconds(20));

        var claim = () => Other.ClaimAsync(1, "b", (_, _) => throw new InvalidOperationException("the fold failed"), default);
        await claim.Should().ThrowAsync<InvalidOperationException>().WithMessage("the fold failed");

        await TheLeaseIsStillOfAAsync();
    }

    [Fact]
    public async Task ClaimAsync_SecondOfItsFirstLinesFails_LeavesNeitherLeaseNorLine()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(TimeSpan.FromSeconds(20));

        var claim = () => Other.ClaimAsync(1, "b", (_, _) => [Phase("steps"), Phase("steps") with { Data = Unrecordable() }], default);
        await claim.Should().ThrowAsync<ArgumentException>();

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        await TheLeaseIsStillOfAAsync();
    }

    [Fact]
    public async Task ClaimAsync_ManyAtOnceFromTwoProcesses_GivesEachAnEpochOfItsOwn()
    {
        await OpenAsync(Ledger);

        var claims = await AtOnce.RunAsync(10, index => (index % 2 == 0 ? Journal : Other).ClaimAsync(1, $"owner-{index}", (_, _) => [], default));

        claims.Select(claim => claim.Epoch).Order().Should().Equal(Enumerable.Range(1, 10).Select(epoch => (long)epoch));
    }

    [Fact]
    public async Task AppendAsync_AnotherOwnerTookOver_IsRefusedAndLeavesNothing()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        await Other.ClaimAsync(1, "b", (_, _) => [], default);

        await IsStaleAsync(() => Journal.AppendAsync(1, 1, Phase("steps"), default), epoch: 1);
        await IsStaleAsync(() => Journal.RenewAsync(1, 1, default), epoch: 1);

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Evidence.ReadAsync(1, 0, 10, default)).Should().ContainSingle();
        (await Other.AppendAsync(1, 2, Phase("steps"), default)).Epoch.Should().Be(2, "the owner goes on");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task AppendAsync_EpochThatNobodyClaimed_IsRefused(long epoch)
    {
        await OpenAsync(Ledger);

        await IsStaleAsync(() => Journal.AppendAsync(1, epoch, Phase("steps"), default), epoch);
        await IsStaleAsync(() => Journal.RenewAsync(1, epoch, default), epoch);
    }

    [Fact]
    public async Task AppendAsync_OwnerOfAnotherRun_IsRefused()
    {
        await OpenAsync("a");
        await OpenAsync("b");
        await ClaimAsync(1);
        await ClaimAsync(1);
        await ClaimAsync(2);

        await IsStaleAsync(() => Journal.AppendAsync(2, 2, Phase("steps"), default), epoch: 2, run: 2);
    }

    [Fact]
    public async Task AppendAsync_OwnerStoodStillJustNotTooLong_GoesOn()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);

        Pass(LeaseClaim.ResumeWithin);
        await Journal.AppendAsync(1, 1, Phase("gates"), default);
        Pass(LeaseClaim.ResumeWithin);
        await Journal.RenewAsync(1, 1, default);
        Pass(LeaseClaim.ResumeWithin);
        await Journal.AppendAsync(1, 1, Phase("steps"), default);

        (await Journal.ReadAsync(1, 0, default)).Should().HaveCount(3);
    }

    [Fact]
    public async Task AppendAsync_OwnerStoodStillTooLong_IsRefusedUntilItClaimsAnew()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(LeaseClaim.ResumeWithin + OneMicrosecond);

        var append = () => Journal.AppendAsync(1, 1, Phase("steps"), default);
        foreach (var write in new Func<Task>[] { append, () => Journal.RenewAsync(1, 1, default), append })
        {
            await write.Should().ThrowExactlyAsync<LeaseLapsedException>().WithMessage("run 1: nobody renewed its lease for 60 s");
        }

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await ClaimAsync(1, "a")).Should().Be(new LeaseClaim(2, "a", LeaseClaim.ResumeWithin + OneMicrosecond), "a refused write renews nothing");
        (await Journal.AppendAsync(1, 2, Phase("steps"), default)).Sequence.Should().Be(2);
    }

    [Fact]
    public async Task AppendAsync_StoodStillAndOvertaken_IsToldOfTheOtherOwner()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(TimeSpan.FromMinutes(10));
        await Other.ClaimAsync(1, "b", (_, _) => [], default);

        await IsStaleAsync(() => Journal.AppendAsync(1, 1, Phase("steps"), default), epoch: 1);
    }

    /// <summary>Owner a, epoch 1, last heard of 20 s ago.</summary>
    private async Task TheLeaseIsStillOfAAsync()
    {
        (await ClaimAsync(1, "c")).Should().Be(new LeaseClaim(2, "a", TimeSpan.FromSeconds(20)));
    }

    private static async Task IsStaleAsync(Func<Task> write, long epoch, long run = 1) =>
        await write.Should().ThrowExactlyAsync<StaleEpochException>().WithMessage($"run {run}: epoch {epoch} is not the newest any more; another owner carries the run");
}
