using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

public sealed class MomentExposureTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_Copy_IsAsOldAsTheMomentItRepresents()
    {
        var exposure = Of(new MomentResult.Read(Now, Now.AddHours(-2), "backup 7"));

        exposure.Should().BeEquivalentTo(new
        {
            Value = TimeSpan.FromHours(2),
            Lowest = TimeSpan.Zero,
            Highest = TimeSpan.FromHours(2),
            Replication = ReplicationState.Protected,
            Mechanism = CopyMechanism.Periodic,
            RecoveryPoint = "backups",
            Represents = Now.AddHours(-2),
            Reason = "the newest copy that counts is backup 7",
        });
        exposure.Synchrony.State.Should().Be(Synchrony.Unknown);
        (exposure.ObservedAt, exposure.ValidUntil).Should().Be((Now, Now.AddMinutes(15).AddSeconds(10)));
        MomentExposure.At(exposure, Now.AddMinutes(30)).Should().BeEquivalentTo(new { Value = TimeSpan.FromHours(2.5), Highest = TimeSpan.FromHours(2.5) }, "it goes on ageing between two looks");
        MomentExposure.At(exposure, Now.AddMinutes(-30)).Should().Be(exposure, "and never grows younger");
    }

    [Theory]
    [InlineData(24, ReplicationState.Protected, "the newest copy that counts is backup 7")]
    [InlineData(24.1, ReplicationState.NotProtected, "the newest copy that counts is backup 7, older than the 86400s expected")]
    public void Of_CopyOlderThanExpected_IsNotProtected(double hours, ReplicationState state, string reason) =>
        Of(new MomentResult.Read(Now, Now.AddHours(-hours), "backup 7"), TimeSpan.FromHours(24)).Should().BeEquivalentTo(new { Replication = state, Reason = reason });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, 0)] // a moment ahead, as clocks are
    [InlineData(-2, 0)]
    public void Of_CopyOfJustNow_CountsAndIsNeverYoungerThanNothing(double seconds, double value) =>
        Of(new MomentResult.Read(Now, Now.AddSeconds(-seconds), "x")).Should().BeEquivalentTo(new { Value = TimeSpan.FromSeconds(value), Replication = ReplicationState.Protected });

    [Fact]
    public void Of_NoCopyThatCounts_IsNotProtectedAndWithoutANumber() => Of(new MomentResult.Empty(Now, "stanza main has no backup"))
        .Should().BeEquivalentTo(new { Value = (TimeSpan?)null, Replication = ReplicationState.NotProtected, Reason = "stanza main has no backup" });

    [Fact]
    public void Of_Failure_IsUnknown() => Of(new MomentResult.Failed(Now, "no answer"))
        .Should().BeEquivalentTo(new { Value = (TimeSpan?)null, Replication = ReplicationState.Unknown, Reason = "no answer" });

    [Theory]
    [InlineData(60, 70, "its clock is 60s ahead of ours, which is added")]
    [InlineData(-60, 10, "its clock is 60s behind ours")]
    [InlineData(2, 10, null)]
    [InlineData(-2, 10, null)]
    public void Of_OtherClockDiffers_ErrsOnTheLargeSideAndSaysSo(double ahead, double seconds, string? note)
    {
        var exposure = Of(new MomentResult.Read(Now, Now.AddSeconds(-10), "x", TimeSpan.FromSeconds(ahead)));

        exposure.Value.Should().Be(TimeSpan.FromSeconds(seconds));
        exposure.Notes.Should().Equal(note is null ? [] : [note]);
    }

    [Fact]
    public void Of_CopyOfTheFuture_IsUnknown() => Of(new MomentResult.Read(Now, Now.AddMinutes(5), "backup 7", TimeSpan.FromSeconds(-60)))
        .Should().BeEquivalentTo(new { Represents = Now.AddMinutes(5), Notes = new[] { "its clock is 60s behind ours" }, Value = (TimeSpan?)null, Replication = ReplicationState.Unknown, Reason = "backup 7 represents a moment 300s in the future: one of the clocks is wrong" });

    [Fact]
    public void Of_ContinuousByTheEstatesWord_IsContinuous() =>
        MomentExposure.Of(Definition(Settings with { IsContinuous = true }), new MomentResult.Read(Now, Now, "x")).Mechanism.Should().Be(CopyMechanism.Continuous);

    private static readonly PrometheusPointSettings Settings = new("dr", new Uri("http://127.0.0.1/"), "q", false, null);

    private static Exposure Of(MomentResult result, TimeSpan? every = null) => MomentExposure.Of(Definition(Settings with { ExpectedEvery = every }), result);

    private static RecoveryPointDefinition Definition(MomentSettings settings) => new("backups", "s", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), settings);
}
