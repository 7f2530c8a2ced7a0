using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Tiers;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Every sentence that votes, and vantage points without one, may write.</summary>
public sealed class VantagePhrasesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static readonly string[] Whys = [VantageReasons.NotShared, VantageReasons.Away, "not heard yet", "silent", "looks by another version of the estate"];

    [Fact]
    public void Say_OfAllVotesOfUpToFour_IsChinese()
    {
        var reasons = (from own in Enum.GetValues<ProbeOutcome>().Where(outcome => outcome != ProbeOutcome.Degraded)
                       from count in Enumerable.Range(1, own == ProbeOutcome.Unknown ? 2 : 3)
                       from pattern in Enumerable.Range(0, 1 << count)
                       let others = Enumerable.Range(0, count).Select(i => new OtherWord($"dc-{(char)('b' + i)}", (pattern & (1 << i)) != 0, (pattern & (1 << i)) != 0 ? "connection refused by 10.0.0.1:443" : "HTTP 200")).ToList()
                       let result = new ProbeResult("p", own, Now, Now, own == ProbeOutcome.Up ? "HTTP 201" : own == ProbeOutcome.Down ? "no answer within 1s" : "lost vantage point: control target gateway fails too: no route to 10.0.0.1:443 (seen: no answer within 1s)") { Vantage = "dc-a" }
                       select VantageVote.Of(result, others, TimeSpan.Zero).Reason).ToList();

        AllChinese(reasons);
        AllChinese([.. reasons.Select(reason => $"service interruption: {reason}")]);
        AllChinese([.. AlertConditions.Of(Samples.Status() with { State = IntervalState.Degraded, Reason = reasons.First(reason => reason.StartsWith(VantageVote.Disagreement)) }, _ => false).Where(alert => alert.Kind == AlertKinds.BelowLqa).Select(alert => alert.Text)]);
    }

    [Fact]
    public void Say_OfTwoThatDisagree_NamesBothWithTheirReasons() =>
        Phrasebook.Say("degraded: from dc-b (connection refused by 10.0.0.1:443); up from dc-a (HTTP 200)", Language.Chinese).Markup.Should().Be(
            "服务降级：<span translate=\"no\">dc-b</span>（<span translate=\"no\">10.0.0.1:443</span> 拒绝连接）探测失败；<span translate=\"no\">dc-a</span>（HTTP 200）探测正常");

    [Fact]
    public void Say_OfVantagePointsThatDoNotVote_IsChinese()
    {
        var probe = new ProbeDefinition("web", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("h", 1));
        var own = new VantageStanding("dc-a", true, true, null, 0, null);
        IReadOnlyList<VantageStanding> Points(string why) => [own, new("dc-b", false, false, Now, 1, why), new("dc-c", false, false, null, 1, why)];

        AllChinese([.. FitToSee.BlindSpots(TierTable.Current.LimitsOf(6)!, [probe])]);
        foreach (var points in Whys.Select(Points))
        {
            var spots = FitToSee.BlindSpots(TierTable.Current.LimitsOf(6)!, [probe], points);
            spots.Should().HaveCount(2);
            AllChinese(spots);
            AllChinese([.. ClauseFindings.OfVantagePoints(points).SelectMany(finding => new[] { finding.Text, finding.Remedy })]);
            AllChinese([.. ClauseFindings.Of(Samples.Estate(), Samples.Estate().Systems[0], spots, Now).Select(finding => finding.Remedy)]);
            VantageCard.Render(points, Language.Chinese).Markup.Should().Contain("不参与表决").And.Contain("裁定并记录").And.NotContain("lang=\"en\"");
        }
    }

    [Fact]
    public void Render_WithoutVantagePoints_ShowsNothing() => VantageCard.Render([], Language.English).Markup.Should().BeEmpty();

    private static void AllChinese(IReadOnlyCollection<string> sentences)
    {
        sentences.Should().NotBeEmpty();
        sentences.Where(text => Phrasebook.Say(text, Language.Chinese).Markup.Contains("lang=\"en\"", StringComparison.Ordinal)).Distinct().Should().BeEmpty();
    }
}
