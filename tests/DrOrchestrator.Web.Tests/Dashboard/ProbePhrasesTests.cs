using System.Net;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Command;
using DrOrchestrator.Probes.Kubernetes;
using DrOrchestrator.Probes.Postgres;
using DrOrchestrator.Probes.Prometheus;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Every sentence that the judges of the kinds may write is in the book: each branch of theirs is walked. What a target says itself is <c>账</c> here, so that it does not count.</summary>
public sealed class ProbePhrasesTests
{
    private const string Own = "账";

    [Fact]
    public void Say_OfWhatPostgresProbesSee_IsChinese()
    {
        var sentences = new HashSet<string>();
        PostgresFacts[] facts = [new(true, false, "15.8", "7", "on"), new(false, true, "15.8", "7", "off"), new(false, false, "15.8", "8", "on")];
        ValueLimits[] limits = [ValueLimits.None, new(3, null, null), new(null, 1, null), new(null, null, 7)];
        string[] states = ["53300", "57P03", "57P01", "28P01", "42501", "3D000", "42P01", "57014", "55P03", "25006", "0A000", "XX000"];
        foreach (var fact in facts)
        {
            PostgresSight[] sights =
            [
                new PostgresSight.Session(fact), new PostgresSight.Committed(fact), new PostgresSight.InDoubt(fact, null), new PostgresSight.InDoubt(fact, $"warning 01000: {Own}"),
                new PostgresSight.InDoubt(fact, $"the connection was lost ({Own})"), new PostgresSight.WentThrough(fact), new PostgresSight.Answer(fact, false, null),
                new PostgresSight.Answer(fact, true, "2"), new PostgresSight.Answer(fact, true, Own), .. states.Select(state => new PostgresSight.Refused(fact, new PostgresRefusal(state, Own))),
            ];
            sentences.UnionWith(from sight in sights
                                from mode in Enum.GetValues<PostgresProbeMode>()
                                from expected in new[] { null, "5" }
                                from limit in limits
                                select PostgresJudge.Judge(sight, Settings(mode, expected, limit), TimeSpan.FromSeconds(1)).Finding.Reason);
            PostgresExpectations[] expectations = [new(!fact.InRecovery, null, null), new(null, "9", null), new(null, null, "16")];
            sentences.UnionWith(expectations.Select(expected => PostgresJudge.WrongServer(fact, expected)!.Finding.Reason));
        }

        sentences.Add("could not look: the server asks for a password and the probe has none");
        AllChinese(sentences, atLeast: 45);
    }

    [Fact]
    public void Say_OfWhatKubernetesProbesSee_IsChinese()
    {
        var workload = new KubernetesCheck.WorkloadReady("ledger", "deployment", "api", null);
        var sight = new WorkloadSight(3, 1, 2, 2, [], "");
        WorkloadSight[] sights = [sight, sight with { Wanted = 0, Ready = 0 }, sight with { ObservedGeneration = 1 }, sight with { Ready = 3 }];
        HttpStatusCode?[] statuses = [null, .. new[] { 400, 401, 403, 404, 409, 410, 429, 500, 503 }.Select(status => (HttpStatusCode?)status)];
        NodeSight[] nodes = [new("n1", "True", [], TimeSpan.Zero), new("n2", "False", [], null), new("n3", "True", [], null), new("n4", "True", [], TimeSpan.FromSeconds(99))];
        KubernetesCheck.Nodes[] checks = [new("", null, TimeSpan.FromSeconds(40)), new("a=b", 9, TimeSpan.FromSeconds(40))];

        AllChinese(
            [
                .. from one in sights
                   from least in new int?[] { null, 2 }
                   select KubernetesJudge.Judge(one, KubernetesJudge.Shortfall(one, workload with { AtLeast = least }), [("p", Own)]).Reason,
                .. from status in statuses
                   from asked in new[] { workload, null }
                   select KubernetesJudge.Judge(new ClusterFailure(status, Own), "dr", asked).Reason,
                KubernetesJudge.Judge(new ClusterFailure(HttpStatusCode.NotFound, Own) { IsNotFound = true }, "dr", workload).Reason,
                .. from check in checks
                   from some in new[] { nodes, [] }
                   select KubernetesJudge.Judge(some, check).Reason,
                KubernetesJudge.Judge([.. nodes[3..]], checks[0]).Reason,
                "the Kubernetes API of dr: no answer within 1s",
            ],
            atLeast: 19);
    }

    [Fact]
    public void Say_OfWhatPrometheusProbesSee_IsChinese()
    {
        var at = DateTimeOffset.UnixEpoch.AddSeconds(1000);
        PrometheusSample[] samples = [new("site=账", at, 2), new("site=账", at, double.NaN)];
        PrometheusAnswer[] answers =
        [
            new PrometheusAnswer.Values([], []), new PrometheusAnswer.Values(samples, []), new PrometheusAnswer.Values(samples[..1], [Own]), .. samples.Select(sample => new PrometheusAnswer.Values([sample], [])),
            new PrometheusAnswer.Failed("sign-in refused (HTTP 401)"), new PrometheusAnswer.Failed("an answer of more than 1024 KiB"), new PrometheusAnswer.Failed("the query has a matrix as its result, not an instant vector or a scalar"),
            new PrometheusAnswer.Failed("HTTP 502, and not in the form of Prometheus"), new PrometheusAnswer.Failed("HTTP 200 without a result"), new PrometheusAnswer.Failed("no answer within 1s"),
        ];
        PrometheusAnswer?[] times = [null, new PrometheusAnswer.Values([], []), new PrometheusAnswer.Values([new("", at, 900)], [])];
        ValueLimits[] limits = [ValueLimits.None, new(3, null, null), new(null, 1, null), new(null, null, 7)];

        AllChinese(
            [
                .. from answer in answers
                   from time in times
                   from limit in limits
                   from rule in Enum.GetValues<SeriesRule>()
                   select PrometheusJudge.Judge(answer, time, new PrometheusProbeSettings(
                       new Uri("http://p/"), "x", limit, rule, TimeSpan.FromSeconds(60), null, ProbeMeaning.Unknown, ProbeMeaning.Unknown, ProbeMeaning.Unknown, null, null)).Finding.Reason,
            ],
            atLeast: 18);
    }

    [Fact]
    public void Say_OfWhatCommandProbesSee_IsChinese()
    {
        ProgramResult.Ended[] ends = [new(0, "", ""), new(2, Own, ""), new(0, "n=5", "")];
        var file = typeof(ProbePhrasesTests).Assembly.Location;

        AllChinese(
            [
                .. from end in ends
                   from most in new double?[] { null, 1 }
                   select CommandJudge.Judge(end, new CommandProbeSettings("/a", [], CommandExitCodes.Plain, null, new ValueLimits(null, most, null)), new System.Text.RegularExpressions.Regex("n=(.)")).Finding.Reason
                       .Replace("n=5", Own, StringComparison.Ordinal),
                .. new[] { "/no/such", "relative", file }.Select(path => $"could not look: {new AllowedCommands([path]).Refusal(path)}"),
                $"could not look: {AllowedCommands.None.Refusal("/a")}",
                .. from facts in new FileFacts[] { new(7, 0, UnixFileMode.UserRead, default), new(0, 7, UnixFileMode.GroupWrite, default), new(0, 0, UnixFileMode.OtherWrite, default) }
                   select OwnedPath.Verdict("/a", facts, 1)!,
                ProgramConfig.Problem("/no/such")!,
                "/a is a link to /b; name the file itself",
                "/a is a link to /b; name the file by its own path",
                "/usr/bin/check did not end within 1s and was killed",
                $"could not look: /usr/bin/check cannot be started: {Own}",
            ],
            atLeast: 15);
    }

    [Fact]
    public void Say_OfALostVantagePoint_IsChinese() => AllChinese(
        ["lost vantage point: control target gateway fails too: no route to 10.0.0.1:443 (seen: no answer within 1s)"],
        atLeast: 1);

    private static void AllChinese(IReadOnlyCollection<string> sentences, int atLeast)
    {
        sentences.Distinct().Should().HaveCountGreaterOrEqualTo(atLeast);
        sentences.Where(text => Phrasebook.Say(text, Language.Chinese).Markup.Contains("lang=\"en\"", StringComparison.Ordinal)).Distinct().Should().BeEmpty();
    }

    private static PostgresProbeSettings Settings(PostgresProbeMode mode, string? expected, ValueLimits limits) =>
        new(new PostgresTarget(["db"], 5432, "core", "dro", null, PostgresTls.Prefer, null), mode, "SELECT 1", expected, limits, "t", new PostgresExpectations(null, null, null), true);
}
