using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>What a Job needs beside its command: Secrets, a volume, room, an account. And what keeps it from beginning where it has not got them.</summary>
public sealed class K8sJobNeedsTests : ClusterFixture
{
    private const string Job = FakeLedgerSite.Jobs + "/dro-7-restore-1";
    private const string Password = "Pa$$ \"w\u00f6rd\"/1";

    private const string With = """
        {"namespace":"ledger","image":"registry.bank/restore:1","command":["restore"],"env-from-secrets":["repo"],"pull-secrets":["pull"],
        "scratch":"200Gi","scratch-class":"fast","run-as":26,"resources":{"requests":{"cpu":1,"memory":"4Gi"},"limits":{"cpu":"2","memory":"8Gi"}},"outputs":["represents"],"failed-means-no-effect-exit-codes":["3"]}
        """;

    [Fact]
    public async Task Execute_MakesAPodThatHasAllOfItAndNoPrivileges()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Ends("{\"represents\":\"2026-11-22T10:00:00Z\"}\n");
        var (step, context, intent) = await PreparedAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var pod = Cluster.Objects.Find(Job)!["spec"]!["template"]!["spec"]!;
        pod["imagePullSecrets"]!.ToJsonString().Should().Be("""[{"name":"pull"}]""");
        pod["securityContext"]!.ToJsonString().Should().Be("""{"fsGroup":26,"runAsGroup":26,"runAsNonRoot":true,"runAsUser":26,"seccompProfile":{"type":"RuntimeDefault"}}""");
        pod["volumes"]!.ToJsonString().Should().Be("""[{"ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"200Gi"}},"storageClassName":"fast"}}},"name":"scratch"}]""");
        var container = pod["containers"]![0]!;
        container["envFrom"]!.ToJsonString().Should().Be("""[{"secretRef":{"name":"repo"}}]""");
        container["resources"]!.ToJsonString().Should().Be("""{"limits":{"cpu":"2","memory":"8Gi"},"requests":{"cpu":"1","memory":"4Gi"}}""");
        container["securityContext"]!.ToJsonString().Should().Be("""{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}""");
        container["volumeMounts"]!.ToJsonString().Should().Be("""[{"mountPath":"/scratch","name":"scratch"}]""");
    }

    [Fact]
    public async Task Execute_ACommandThatPrintsItsSecret_IsKeptWithoutIt()
    {
        Secret("repo", Password);
        Secret("pull", "registry-login");
        Ends($"login {Password}\nbasic {Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Password))}\nregistry-login\nno\n{new JsonObject { ["represents"] = Password }.ToJsonString()}\n");
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs["represents"]!.ToString().Should().Be("[secret repo/PGPASSWORD]");
        var log = Encoding.UTF8.GetString(done.Objects!.Single().Content);
        log.Should().StartWith("login [secret repo/PGPASSWORD]\nbasic ").And.Contain("\nregistry-login\nno\n", "what pulls the image is in no container, and short values are words of other things");
        log.Should().NotContain("Pa$$").And.NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Password))[4..^4]);
        intent.ToJsonString().Should().Contain("\"secrets\":[\"repo\",\"pull\"]").And.NotContain("Pa$$");
    }

    [Fact]
    public async Task Execute_ALongLogThatBeginsInTheMiddleOfASecret_LosesThatLine()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        var last = "\n{\"represents\":\"now\"}\n";
        Ends(new string('x', JobRemains.LongestLog) + Password + new string('y', JobRemains.LongestLog - last.Length - 4) + last);
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        Encoding.UTF8.GetString(done.Objects![0].Content).Should().Be(last[1..]);
    }

    [Fact]
    public async Task Execute_ItsSecretIsGoneAtTheEnd_KeepsNoLogAndDoesNotKnow()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Ends("{\"represents\":\"now\"}\n");
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Remove("/api/v1/namespaces/ledger/secrets/repo");

        var unknown = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which;

        unknown.Reason.Should().Be("job ended with exit code 0, and its log is not kept: secret repo is not there any more, so that nobody can say what of it is secret");
        unknown.Objects.Should().BeNull();
    }

    [Theory]
    [InlineData("rotated")]
    [InlineData("made-anew")]
    public async Task Execute_ItsSecretIsAnotherAtTheEnd_KeepsNoLogAndDoesNotKnow(string how)
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Ends($"login {Password}\n{{\"represents\":\"now\"}}\n");
        var (step, context, intent) = await PreparedAsync();
        if (how == "rotated")
        {
            Cluster.Objects.Change(o =>
            {
                var secret = o.Find("/api/v1/namespaces/ledger/secrets/repo")!;
                secret["data"]!["PGPASSWORD"] = Convert.ToBase64String("another-one"u8);
                o.Touch(secret);
            });
        }
        else
        {
            Cluster.Objects.Remove("/api/v1/namespaces/ledger/secrets/repo");
            Secret("repo", "another-one");
        }

        var unknown = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which;
        var seen = await step.ObserveAsync(context, intent, default);

        unknown.Reason.Should().Be("job ended with exit code 0, and its log is not kept: secret repo was changed or made anew since the Job was prepared, so that nobody can say what of it is secret");
        seen.Should().Be(new Observation(ObservedAnswer.CannotTell, unknown.Reason), "neither outputs nor log are told");
    }

    [Fact]
    public async Task Execute_PartsOfAValue_AreTakenOutToo()
    {
        Secret("repo", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\nab\n-----END KEY-----\n");
        Secret("pull", "x");
        Cluster.Objects.Change(o => o.Find("/api/v1/namespaces/ledger/secrets/repo")!["data"]!["ACCOUNT"] = Convert.ToBase64String("""{"client":{"key":"line-one-1\nline-two-2"},"list":["token-in-list",7,"no"],"left":null}"""u8));
        Ends("of it MIIEvQIBADANBgkq and hkiG9w0BAQEFAASC\nab no 7\nkey line-two-2\ntoken-in-list\n{\"represents\":\"now\"}\n");
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        Encoding.UTF8.GetString(done.Objects!.Single().Content).Should().Be(
            "of it [secret repo/PGPASSWORD] and [secret repo/PGPASSWORD]\nab no 7\nkey [secret repo/ACCOUNT]\n[secret repo/ACCOUNT]\n{\"represents\":\"now\"}\n");
    }

    [Fact]
    public async Task Observe_ALogThatIsNotReadToItsEnd_LosesTheLineInWhichThatWas()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        var lines = string.Concat(Enumerable.Repeat("a line of the log\n", ((16 * JobRemains.LongestLog) - (JobRemains.LongestLog / 2)) / 18));
        Ends(lines + string.Concat(Enumerable.Repeat(Password, JobRemains.LongestLog / Password.Length)) + "\n{\"represents\":\"now\"}\n");
        var (step, context, intent) = await PreparedAsync();
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>();

        var seen = await step.ObserveAsync(context, intent, default);

        Encoding.UTF8.GetString(seen.Objects!.Single().Content).Split('\n').Distinct().Should().Equal("a line of the log", "");
    }

    [Fact]
    public async Task Observe_ALogThatIsNotReadToItsEnd_HasNoOutputsOfALineInItsMiddle()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        const string Line = "{\"represents\":\"old\"}\n";
        Ends(string.Concat(Enumerable.Repeat(Line, 17 * JobRemains.LongestLog / Line.Length)) + "{\"represents\":\"now\"}\n");
        var (step, context, intent) = await PreparedAsync();

        var unknown = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which;

        unknown.Reason.Should().Be("job succeeded, but its log is longer than what is read of one: what its last line says of 'represents' is not known");
    }

    [Fact]
    public async Task Execute_ItsSecretWasTouched_TheCodeThatSaysNoEffectIsBelievedWithoutTheLog()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Ends($"login {Password}\n", exitCode: 3);
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.Touch(o.Find("/api/v1/namespaces/ledger/secrets/repo")!));

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be("job ended with exit code 3, and its log is not kept: secret repo was changed or made anew since the Job was prepared, so that nobody can say what of it is secret");
        (failed.Objects ?? []).Should().BeEmpty();
    }

    [Fact]
    public async Task Observe_ALongLogWithoutAWholeLine_KeepsNothingAndSaysSo()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Ends(new string('x', JobRemains.LongestLog) + Password + new string('y', JobRemains.LongestLog - 4));
        var (step, context, intent) = await PreparedAsync();
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>();

        var seen = await step.ObserveAsync(context, intent, default);

        Encoding.UTF8.GetString(seen.Objects!.Single().Content).Should().Be("[nothing of this log is kept: what was read of it has no whole line, so that nobody can say what of it is secret]\n");
    }

    [Theory]
    [InlineData("repo", "there is no secret ledger/pull at primary")]
    [InlineData("pull", "there is no secret ledger/repo at primary")]
    public async Task Prepare_ASecretIsMissing_SaysSoBeforeAnythingIsMade(string present, string expected)
    {
        Secret(present, "x");

        var act = () => PreparedAsync();

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(expected);
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Try_AsksTheApiForAllOfIt_AndForEachSecret()
    {
        var step = new K8sJobStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.job", With, "restore");
        await ((Func<Task>)(() => step.TryAsync(context, default))).Should().ThrowAsync<StepFailedException>().WithMessage("there is no secret ledger/repo at primary");
        Secret("repo", Password);
        Secret("pull", "x");

        (await step.TryAsync(context, default)).Should().ContainSingle().Which.Object.Should().Be("jobs/dro-7-restore-1");

        Cluster.Requests.Where(request => request.Method == "POST").Should().ContainSingle().Which.Should().Match<FakeRequest>(request =>
            request.Query.Contains("dryRun=All") && request.Body!.Contains("\"volumeClaimTemplate\"") && request.Body.Contains("\"envFrom\"") && request.Body.Contains("\"imagePullSecrets\"") && request.Body.Contains("\"runAsNonRoot\""));
    }

    [Theory]
    [InlineData("""{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"pod has unbound immediate PersistentVolumeClaims"}]}""", "pod job-x is not scheduled: Unschedulable pod has unbound immediate PersistentVolumeClaims")]
    [InlineData("""{"containerStatuses":[{"name":"job","state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"repo\" not found"}}}]}""", "container job of pod job-x waits: CreateContainerConfigError secret \"repo\" not found")]
    [InlineData("""{"containerStatuses":[{"name":"job","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}}]}""", "container job of pod job-x waits: ImagePullBackOff Back-off pulling image")]
    [InlineData("""{"containerStatuses":[{"name":"job","state":{"running":{}}}]}""", "it is still running")]
    public async Task Execute_ThePodDoesNotBegin_SaysWhyAtItsTimeoutAndWhileItIsLookedAt(string status, string why)
    {
        Secret("repo", Password);
        Secret("pull", "x");
        Pods(job => Owned(job, JsonNode.Parse(status)!.AsObject()));
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1);

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be($"how Job dro-7-restore-1 ended is not known after 1s: {why}");
        (await step.ObserveAsync(context, intent, default)).Should().Be(new Observation(ObservedAnswer.StillMay, $"Job dro-7-restore-1 has not ended: {why}"));
    }

    [Fact]
    public async Task Observe_NoPodCanBeMade_SaysWhatItsEventsSay()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().EndWith(": it has no pod yet");
        Cluster.Objects.Put("/api/v1/namespaces/ledger/events/e", new JsonObject { ["reason"] = "FailedCreate", ["message"] = "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"", ["lastTimestamp"] = "2026-11-22T10:00:05Z", ["involvedObject"] = new JsonObject() });

        (await step.ObserveAsync(context, intent, default)).Detail.Should().Be("Job dro-7-restore-1 has not ended: no more pods can be made: pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"");
    }

    [Fact]
    public async Task Observe_PodsMayNotBeListed_MayStill()
    {
        Secret("repo", Password);
        Secret("pull", "x");
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1);
        Cluster.Intercept = (request, _) => request.Path == FakeLedgerSite.Pods ? FakeObjects.Status(403, "Forbidden", "no right to list pods") : null;
        await step.ExecuteAsync(context, intent, default);

        (await step.ObserveAsync(context, intent, default)).Should().Be(new Observation(ObservedAnswer.StillMay, "Job dro-7-restore-1 has not ended: it is still running"));
    }

    private void Secret(string name, string password) => Cluster.Objects.Put(
        $"/api/v1/namespaces/ledger/secrets/{name}",
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["type"] = "Opaque", ["data"] = new JsonObject { ["PGPASSWORD"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(password)), ["SHORT"] = Convert.ToBase64String("no"u8) } });

    private void Ends(string log, int exitCode = 0) => Pods(job =>
    {
        var pod = Owned(job, JsonNode.Parse($$$"""{"phase":"{{{(exitCode == 0 ? "Succeeded" : "Failed")}}}","containerStatuses":[{"name":"job","state":{"terminated":{"exitCode": {{{exitCode}}} } } }] }""")!.AsObject());
        pod["log"] = log;
        job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = exitCode == 0 ? "Complete" : "Failed", ["status"] = "True" }) };
    });

    private void Pods(Action<JsonObject> begin)
    {
        var world = Cluster.Objects.World!;
        Cluster.Objects.World = o =>
        {
            world(o);
            if (o.Find(Job) is { } job && o.Find($"{FakeLedgerSite.Pods}/job-x") is null)
            {
                begin(job);
            }
        };
    }

    private JsonObject Owned(JsonObject job, JsonObject status)
    {
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { ["app"] = "job" },
                ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = "dro-7-restore-1", ["uid"] = job["metadata"]!["uid"]!.DeepClone() }),
            },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "job" }) },
            ["status"] = status,
        };
        status["phase"] ??= "Pending";
        Cluster.Objects.Put($"{FakeLedgerSite.Pods}/job-x", pod);
        return pod;
    }

    private async Task<(K8sJobStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 10)
    {
        var step = new K8sJobStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.job", With, "restore", timeoutSeconds: timeoutSeconds);
        return (step, context, await step.PrepareAsync(context, default));
    }
}
