using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Postgres;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

/// <summary>What real servers are not easily brought to say.</summary>
public sealed class SynchronyJudgeTests
{
    private static readonly AttachedStandby Dr = new("dr", "streaming", "sync", "7@1");
    private static readonly PostgresStandbyReport Standby = new("dr", true, "10.0.0.9:5432", "s1");
    private static readonly PostgresPrimaryReport Primary = new("on", "configuration file", "dr", true, [], [Dr], "p1");

    [Fact]
    public void Judge_EverythingHolds_IsSynchronousAndSaysWhatCannotBeSeen()
    {
        var finding = SynchronyJudge.Judge("dr", Primary, Standby);

        finding.State.Should().Be(Synchrony.Synchronous);
        finding.Reason.Should().Be("commits wait for dr: synchronous_commit=on, dr; what a session sets for itself cannot be seen");
        SynchronyJudge.Judge("dr", Primary with { Continuity = "p2" }, Standby).Continuity.Should().NotBe(finding.Continuity, "it was loaded again in between");
        SynchronyJudge.Judge("dr", Primary with { Standbys = [Dr with { Session = "8@2" }] }, Standby).Continuity.Should().NotBe(finding.Continuity, "it attached anew");
    }

    [Theory]
    [InlineData("on", "dr", "synchronous")]
    [InlineData("REMOTE_APPLY", "FIRST 2 (dr, local)", "synchronous (remote_apply)")]
    [InlineData("remote_write", "dr", "asynchronous")]
    [InlineData("on", "ANY 1 (dr, local)", "asynchronous")]
    [InlineData("on", "", "asynchronous")]
    [InlineData("on", "dr dr", null)]
    public void ModeOf_Settings_IsWhatTheyDeclareWhetherTheStandbyIsThereOrNot(string commit, string names, string? mode)
    {
        var primary = Primary with { SynchronousCommit = commit, StandbyNames = names };

        SynchronyJudge.ModeOf(primary, "dr").Should().Be(mode);
        SynchronyJudge.ModeOf(primary with { Standbys = [] }, "dr").Should().Be(mode);
        SynchronyJudge.ModeOf(primary with { Source = "user" }, "dr").Should().Be(names is "" ? "asynchronous" : null);
    }

    public static TheoryData<string, Func<object>, Synchrony, string> Cases => new()
    {
        { "off", () => Primary with { SynchronousCommit = "off" }, Synchrony.Asynchronous, "synchronous_commit is off" },
        { "local", () => Primary with { SynchronousCommit = "local" }, Synchrony.Asynchronous, "synchronous_commit is local" },
        { "our own word", () => Primary with { SynchronousCommit = "local", Source = "user" }, Synchrony.Unknown, "the role that reads has a synchronous_commit of its own, which hides the one for everybody" },
        { "stricter override", () => Primary with { Overrides = [new("role batch", "remote_apply")] }, Synchrony.Synchronous, "commits wait for dr:*" },
        { "one lax override", () => Primary with { Overrides = [new("role batch", "on"), new("function f", "false")] }, Synchrony.Asynchronous, "function f has synchronous_commit=false" },
        { "two lax overrides", () => Primary with { Overrides = [new("role batch", "off"), new("function f", "false")] }, Synchrony.Asynchronous, "role batch has synchronous_commit=off" },
        { "not listed", () => Primary with { StandbyNames = "local" }, Synchrony.Asynchronous, "synchronous_standby_names is local, without dr" },
        { "may be passed over", () => Primary with { StandbyNames = "dr, local" }, Synchrony.Asynchronous, "dr, local is satisfied without dr" },
        { "anybody", () => Primary with { StandbyNames = "*" }, Synchrony.Asynchronous, "? is satisfied without dr" },
        { "others attached", () => Primary with { Standbys = [new("local", "streaming", "async", "6@1"), Dr] }, Synchrony.Synchronous, "commits wait for dr:*" },
        { "unreadable", () => Primary with { StandbyNames = "dr dr" }, Synchrony.Unknown, "synchronous_standby_names is dr dr, which cannot be read" },
        { "not attached", () => Primary with { Standbys = [] }, Synchrony.Asynchronous, "dr receives from 10.0.0.9:5432 and is not attached to the primary as dr" },
        { "hidden", () => Primary with { Standbys = [Dr with { State = null, SyncState = null }] }, Synchrony.Unknown, "the role that reads may not see the standbys; grant it pg_monitor" },
        { "catching up", () => Primary with { Standbys = [Dr with { State = "catchup" }] }, Synchrony.Asynchronous, "dr is attached and not streaming: catchup" },
        { "potential", () => Primary with { Standbys = [Dr with { SyncState = "potential" }] }, Synchrony.Asynchronous, "the primary does not wait for dr: potential" },
        { "twice", () => Primary with { Standbys = [Dr, Dr with { Name = "DR", Session = "9@3" }] }, Synchrony.Asynchronous, "several standbys call themselves dr, and any of them satisfies the primary" },
        { "fsync off", () => Primary with { Fsync = false }, Synchrony.Asynchronous, "fsync is off at the primary: what is flushed is not durable" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Judge_OneThingOtherwise_SaysWhich(string what, Func<object> primary, Synchrony state, string reason)
    {
        var finding = SynchronyJudge.Judge("dr", (PostgresPrimaryReport)primary(), Standby);

        finding.State.Should().Be(state, what);
        finding.Reason.Should().Match(reason);
    }

    [Fact]
    public void Judge_FsyncOffAtTheStandby_SaysWhere() =>
        SynchronyJudge.Judge("remote", Primary, Standby with { Fsync = false }).Should().Be(new SynchronyFinding(Synchrony.Asynchronous, "fsync is off at remote: what is flushed is not durable"));

    [Theory]
    [InlineData("user=dro application_name=dr host=h", "dr")]
    [InlineData("application_name='my dr' host=h", "my dr")]
    [InlineData(@"application_name='it\'s' x=y", "it's")]
    [InlineData("fallback_application_name=walreceiver host=h", "walreceiver")]
    [InlineData("fallback_application_name=cluster application_name=dr", "dr")]
    [InlineData("options='-c application_name=no' host=h", null)]
    [InlineData("host=h", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void ApplicationName_ConnectionString_IsRead(string? conninfo, string? name) => PostgresReading.ApplicationName(conninfo).Should().Be(name);
}
