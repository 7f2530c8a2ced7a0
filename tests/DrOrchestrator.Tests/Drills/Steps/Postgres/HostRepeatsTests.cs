using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A verb that an earlier life of the same intent may have asked of the host already: what stands against it now says nothing of that.</summary>
public sealed class HostRepeatsTests : ClusterFixture
{
    private const string Verb = "release";
    private const string Name = "dro-7-s-1-release";

    private static readonly DatabaseHost.Job Job = new("ledger", "statefulset/ledger-store", "data-ledger-store-0", "data", "postgres:15");

    private (string Path, string Body)? _onTheWay;

    private HostJobs Jobs => new(Connections, TimeProvider.System);

    public enum Against
    {
        APodHasTheClaim,
        ItIsRefused,
    }

    [Theory]
    [InlineData(Against.APodHasTheClaim, false)]
    [InlineData(Against.APodHasTheClaim, true)]
    [InlineData(Against.ItIsRefused, false)]
    [InlineData(Against.ItIsRefused, true)]
    public async Task Job_RepeatedWhereItCannotBeMadeNow_IsSilentAndNeverANo(Against against, bool repeats)
    {
        PutClaim();
        Free(isFree: against is not Against.APodHasTheClaim);
        Cluster.Intercept = (request, _) => request.Method == "POST" ? FakeObjects.Status(403, "Forbidden", "exceeded quota") : null;

        var answer = await AskAsync(repeats);

        var why = answer.Should().BeOfType(repeats ? typeof(HostAnswer.Silent) : typeof(HostAnswer.No)).And.Subject.As<HostAnswer>().Reason;
        why.Should().StartWith(against is Against.APodHasTheClaim ? "pod ledger-store-0 (Running, container main is running) has the claim" : $"Job {Name} cannot be made: 403 exceeded quota");
    }

    /// <summary>A refusal that stays does not get better within the step's time, however long that is.</summary>
    [Fact]
    public async Task Job_RepeatedAndRefusedForGood_EndsAtOnce()
    {
        PutClaim();
        Free(isFree: true);
        Cluster.Intercept = (request, _) => request.Method == "POST" ? FakeObjects.Status(403, "Forbidden", "exceeded quota") : null;

        (await AskAsync(repeats: true, timeoutSeconds: 600).WaitAsync(TimeSpan.FromSeconds(60))).Should().BeOfType<HostAnswer.Silent>().Which.Reason
            .Should().Be($"Job {Name} cannot be made: 403 exceeded quota; the same may have been asked of the host before, and what that did is not known");
    }

    [Theory]
    [InlineData(false, typeof(HostAnswer.No))]
    [InlineData(true, typeof(HostAnswer.Silent))]
    public async Task Job_RepeatedWhereAnotherHasItsName_IsSilentAndNeverANo(bool repeats, Type said)
    {
        Put(Name, "another", null);

        (await AskAsync(repeats)).Should().BeOfType(said).And.Subject.As<HostAnswer>().Reason.Should().StartWith($"a Job {Name} is there that this run has not made");
    }

    /// <summary>An earlier owner's Job ended half way, and its successor's is refused: what the first one did nobody knows.</summary>
    [Theory]
    [InlineData(1, typeof(HostAnswer.Silent))]
    [InlineData(11, typeof(HostAnswer.Silent))]
    [InlineData(10, typeof(HostAnswer.No))]
    public async Task Job_AnEarlierOneEndedHalfWay_ARefusalOfTheNextIsSilent(int firstEnded, Type said)
    {
        Put(Name, "dro-7-s-1", null);
        End(Name, firstEnded);
        PutClaim();
        Free(isFree: true);
        Cluster.Intercept = (request, body) =>
        {
            if (request.Method != "POST")
            {
                return null;
            }

            Put(Name + "-2", "dro-7-s-1", body);
            End(Name + "-2", 10);
            return (201, Cluster.Objects.Find($"{FakeLedgerSite.Jobs}/{Name}-2")!.DeepClone());
        };

        var answer = await AskAsync(repeats: true);

        answer.Should().BeOfType(said);
        answer.Reason.Should().Be(firstEnded == 10 ? "no" : "no; the same may have been asked of the host before, and what that did is not known");
    }

    /// <summary>The owner died behind its request; the next one is refused, and the Job comes all the same.</summary>
    [Fact]
    public async Task Job_OfAnEarlierOwnerLandsLate_IsTheOneThatIsFound()
    {
        PutClaim();
        Free(isFree: true);
        Cluster.Intercept = (request, body) =>
        {
            if (request.Method == "POST")
            {
                _onTheWay ??= (request.Path, body!);
                return FakeObjects.Status(504, "Timeout", "late");
            }

            return null;
        };
        (await AskAsync(repeats: false)).Should().BeOfType<HostAnswer.Silent>();
        Cluster.Intercept = null;
        Free(isFree: false);

        var before = await AskAsync(repeats: true);
        var landed = Cluster.Objects.Answer("POST", _onTheWay!.Value.Path, null, "application/json", "dro-job", _onTheWay.Value.Body).Status;
        End();
        var after = await AskAsync(repeats: true);

        (before.GetType(), landed).Should().Be((typeof(HostAnswer.Silent), 201));
        after.Should().BeOfType<HostAnswer.Said>();
        Cluster.Mutations.Should().BeEmpty("there is one Job, and none was made beside it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exec_RepeatedWhereNoScriptCanBeGiven_IsSilentAndNeverANo(bool repeats)
    {
        var exec = new DatabaseHost.Exec("ledger", "ledger-store-9", "hand", "/var/lib/pg/data");
        var hosts = new DatabaseHosts(AllowedCommands.None, TimeProvider.System, Jobs, new HostExecs(Connections, TimeProvider.System));

        var effect = await hosts.For(Context(repeats)).AskAsync(Database(exec), default, Verb, "dro-7-s");
        var look = await hosts.For(Context(repeats)).AskAsync(Database(exec), default, "status");

        effect.Should().BeOfType(repeats ? typeof(HostAnswer.Silent) : typeof(HostAnswer.No));
        effect.Reason.EndsWith("; the same may have been asked of the host before, and what that did is not known", StringComparison.Ordinal).Should().Be(repeats);
        look.Should().BeOfType<HostAnswer.Silent>();
    }

    [Theory]
    [InlineData(Verb, true, typeof(HostAnswer.Silent))]
    [InlineData(Verb, false, typeof(HostAnswer.No))]
    [InlineData("status", true, typeof(HostAnswer.No))]
    public async Task Command_RepeatedWhereItMayNotBeStartedNow_IsSilentAndNeverANo(string verb, bool repeats, Type said)
    {
        var hosts = new DatabaseHosts(AllowedCommands.None, TimeProvider.System);

        var answer = await hosts.For(Context(repeats)).AskAsync(Database(new DatabaseHost.Command("/nowhere/host", [])), default, verb, "dro-7-s");

        answer.Should().BeOfType(said);
    }

    private static DatabaseDefinition Database(DatabaseHost host) => new("one", "ledger", "primary", null!, host, "one");

    private StepContext Context(bool repeats, int timeoutSeconds = 1) => Bench.Context("postgres.fence", """{"database":"one"}""", timeoutSeconds: timeoutSeconds) with { Repeats = repeats };

    private Task<HostAnswer> AskAsync(bool repeats, int timeoutSeconds = 1) => Jobs.AskAsync(new HostAsker(Bench.Estate, Context(repeats, timeoutSeconds)), Database(Job), Job, Verb, ["dro-7-s"], default);

    private void PutClaim() =>
        Cluster.Objects.Put("/api/v1/namespaces/ledger/persistentvolumeclaims/data-ledger-store-0", JsonNode.Parse("""{"apiVersion":"v1","kind":"PersistentVolumeClaim","spec":{"accessModes":["ReadWriteOnce"]}}""")!.AsObject());

    private void Free(bool isFree)
    {
        Cluster.Objects.World = null;
        if (isFree)
        {
            Cluster.Objects.Remove(FakeLedgerSite.Pods + "/ledger-store-0");
        }
        else if (Cluster.Objects.Find(FakeLedgerSite.Pods + "/ledger-store-0") is null)
        {
            Site.AddPod("ledger-store", "ledger-store-0", "data-ledger-store-0");
        }
    }

    private void Put(string name, string marker, string? body)
    {
        var job = (body is null ? new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["metadata"] = new JsonObject(), ["spec"] = new JsonObject { ["template"] = new JsonObject() } } : JsonNode.Parse(body)!.AsObject());
        (job["metadata"]!["name"], job["metadata"]!["namespace"], job["metadata"]!["annotations"]) = (name, "ledger", new JsonObject { ["drorchestrator.io/marker"] = marker });
        Cluster.Objects.Put($"{FakeLedgerSite.Jobs}/{name}", job);
    }

    /// <summary>Its pod ended so.</summary>
    private void End(string name = Name, int exitCode = 0)
    {
        var job = Cluster.Objects.Find($"{FakeLedgerSite.Jobs}/{name}")!;
        job["status"] = JsonNode.Parse($$"""{"conditions":[{"type":"{{(exitCode == 0 ? "Complete" : "Failed")}}","status":"True"}]}""");
        var pod = Site.AddPod("job", "pod-" + name, null);
        pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = name, ["uid"] = job["metadata"]!["uid"]!.DeepClone() });
        pod["status"]!["containerStatuses"]![0]!["state"] = JsonNode.Parse($$"""{"terminated":{"exitCode":{{exitCode}} } }""");
        pod["log"] = exitCode == 0 ? """{"verb":"release","fenced":false}""" : """{"verb":"release","reason":"no"}""";
    }
}
