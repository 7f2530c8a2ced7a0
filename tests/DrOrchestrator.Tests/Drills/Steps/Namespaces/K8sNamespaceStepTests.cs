using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

public sealed class K8sNamespaceStepTests : ClusterFixture
{
    private const string Space = "/api/v1/namespaces/dro-7-s";
    private const string Policy = "/apis/networking.k8s.io/v1/namespaces/dro-7-s/networkpolicies/dro-egress";
    private const string Quota = "/api/v1/namespaces/dro-7-s/resourcequotas/dro-quota";
    private const string Source = "/api/v1/namespaces/lab/secrets/login";
    private const string Hidden = "aHVudGVyMg==";

    private const string With = """
        {"prove":{"image":"lab/tools:1","control":"10.9.0.5:9000","targets":["ledger-db.bank.test:5432"]},"allow-egress":[{"cidr":"10.9.0.0/16","ports":[9000]},{"namespace":"minio"}],"copy-secrets":["lab/login"]}
        """;

    [Fact]
    public async Task Execute_MakesPolicyAndQuotaBeforeAnythingThatCouldRun()
    {
        var done = await MadeAsync();

        Cluster.Mutations.Select(request => request.Path.Split('/')[^1]).Should().Equal("namespaces", "networkpolicies", "resourcequotas", "limitranges", "secrets", "jobs");
        done.Outputs["namespace"]!.ToString().Should().Be("dro-7-s");
        done.Outputs["uid"]!.ToString().Should().Be(Cluster.Objects.Find(Space)!["metadata"]!["uid"]!.ToString());
        done.Outputs["proved"]!.GetValue<bool>().Should().BeTrue();
        done.Outputs["tried"]!.ToJsonString().Should().Be("""[{"what":"the plan\u0027s","at":"192.0.2.10:5432"}]""");
        Encoding.UTF8.GetString(done.Objects!.Single().Content).Should().Be(PlayedNamespace.Kept);
    }

    [Fact]
    public async Task Execute_LabelsNameTheRun_AndThePolicyLetsPassWhatIsListed()
    {
        await MadeAsync();

        var labels = Cluster.Objects.Find(Space)!["metadata"]!["labels"]!.AsObject();
        labels.Select(label => label.Key).Should().Equal(
            RunLabels.ManagedBy, RunLabels.Log, RunLabels.Run, RunLabels.Step, RunLabels.Plan, RunLabels.Mode, RunLabels.Systems, RunLabels.Expires, RunLabels.PodSecurity);
        (labels[RunLabels.Run]!.ToString(), labels[RunLabels.Plan]!.ToString(), labels[RunLabels.Mode]!.ToString(), labels[RunLabels.PodSecurity]!.ToString()).Should().Be(("7", "p", "live", "baseline"));
        Cluster.Objects.Find(Policy)!["spec"]!.ToJsonString().Should().Be(
            """{"podSelector":{},"ingress":[{"from":[{"podSelector":{}}]}],"egress":[{"to":[{"podSelector":{}}]},{"to":[{"ipBlock":{"cidr":"10.9.0.0/16"}}],"ports":[{"protocol":"TCP","port":9000}]},{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"minio"}}}]}],"policyTypes":["Ingress","Egress"]}""");
    }

    [Fact]
    public async Task Execute_SecretIsCopied_ItsValueIsNowhereElse()
    {
        var done = await MadeAsync();

        Cluster.Objects.Find("/api/v1/namespaces/dro-7-s/secrets/login")!["data"]!["password"]!.ToString().Should().Be(Hidden);
        done.Outputs["secrets"]!.ToJsonString().Should().Be("""["lab/login"]""");
        (await PreparedAsync()).Intent.ToJsonString().Should().NotContain(Hidden);
        done.Outputs.ToJsonString().Should().NotContain(Hidden);
    }

    /// <summary>The process dies at each of the six writes; the next owner shows the same intent.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(6, false)]
    public async Task Execute_KilledAtAWrite_GoesOnFromThere(int write, bool landed)
    {
        PlayedNamespace.Play(Cluster.Objects);
        var (_, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(write, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => PlayedNamespace.Step(mortal).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        var step = PlayedNamespace.Step(Connections);
        (await step.ObserveAsync(context, intent, default)).Should().BeEquivalentTo(new { Answer = ObservedAnswer.CannotHappenAnyMore, OnlyByRepeating = true });
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().HaveCount(6, "each is made once");
    }

    [Theory]
    [InlineData($"control {PlayedNamespace.Control} reached\ntarget {PlayedNamespace.Production} reached\ncontrol {PlayedNamespace.Control} reached\nend", "a pod of it reached production at 192.0.2.10:5432: the network does not enforce what the policy says")]
    [InlineData($"control {PlayedNamespace.Control} missed\ntarget {PlayedNamespace.Production} missed\nforbidden {PlayedNamespace.ApiServer} missed\nend", "the pod that tries to reach production reached nothing, not even 10.9.0.5:9000, which it may: it proves nothing")]
    public async Task Execute_NotProved_FailsWithTheLogAndIsUndone(string log, string why)
    {
        PlayedNamespace.Play(Cluster.Objects, log);
        var (step, context, intent) = await PreparedAsync();

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be($"namespace dro-7-s is not proved: {why}");
        Encoding.UTF8.GetString(failed.Objects!.Single().Content).Should().Be(log);
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Objects.Find(Space).Should().BeNull();
    }

    [Fact]
    public async Task Execute_ProductionFallsSilentMeanwhile_ProvesNothing()
    {
        PlayedNamespace.Play(Cluster.Objects);
        PutSecrets();
        var looks = 0;
        var step = PlayedNamespace.Step(Connections, (address, port) => $"{address}:{port}" != PlayedNamespace.Production || ++looks == 1);
        var context = Context();

        var outcome = await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("namespace dro-7-s is not proved: 192.0.2.10:5432 stopped answering the orchestrator meanwhile");
    }

    [Theory]
    [InlineData("\"ledger-db.bank.test:5432\"", "\"ledger-db.bank.test:5433\"", "that no pod reaches ledger-db.bank.test:5433 would prove nothing: it does not answer the orchestrator either")]
    [InlineData("10.9.0.0/16\",\"ports\":[9000]", "10.9.0.0/16\"},{\"cidr\":\"192.0.0.0/16\"", "'allow-egress' opens a way to production: 192.0.2.10:5432 (the plan's)")]
    [InlineData("\"targets\":[\"ledger-db.bank.test:5432\"]", "\"targets\":[]", "nothing of production answers the orchestrator, so that nothing can be proved: name 'targets' that do")]
    [InlineData("lab/login", "lab/none", "there is no secret lab/none at primary")]
    [InlineData("lab/login", "lab/token", "secret lab/token is the token of a service account: a copy would be its rights")]
    public async Task Prepare_OfWhatProvesNothingOrMayNotBe_FailsBeforeAnythingIsMade(string good, string bad, string why)
    {
        PutSecrets();
        var step = PlayedNamespace.Step(Connections);

        var act = () => step.PrepareAsync(Context(With.Replace(good, bad, StringComparison.Ordinal)), default);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage(why);
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Execute_SecretWasChangedSinceItWasPrepared_Fails()
    {
        PlayedNamespace.Play(Cluster.Objects);
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Touch(Cluster.Objects.Find(Source)!);

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("secret lab/login was changed since it was prepared");
    }

    [Fact]
    public async Task Execute_QuotaIsNotEnforcedInTime_FailsAndNothingElseWasMade()
    {
        PlayedNamespace.Play(Cluster.Objects, counts: false);
        PutSecrets();
        var step = PlayedNamespace.Step(Connections);
        var context = Bench.Context("k8s.namespace", With, timeoutSeconds: 1);

        var outcome = await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("namespace dro-7-s was not ready within 1s: the quota dro-quota is not enforced yet");
        Cluster.Mutations.Should().HaveCount(4, "no Secret and no Job");
    }

    /// <summary>What the undo leaves behind stands beside it in the journal.</summary>
    [Theory]
    [InlineData("pv-kept", null, "namespace dro-7-s is gone; of its volumes these stay with their data, for people to remove: pv-kept (Retain, Released)")]
    [InlineData("pv-going", null, "namespace dro-7-s is gone; of its volumes these are still there, their provisioner has not removed them yet: pv-going (Delete, Released)")]
    [InlineData("pv-deleted", null, null)]
    [InlineData("pv-kept", "/persistentvolumes/", "namespace dro-7-s is gone; whether volumes of it are still there is not known: 403 may not")]
    [InlineData("pv-kept", "/persistentvolumeclaims", "namespace dro-7-s is gone; whether volumes of it are still there is not known: 403 may not")]
    public async Task Undo_VolumesStayBehind_AreSaid(string volume, string? forbidden, string? left)
    {
        await MadeAsync();
        Cluster.Objects.Put($"{Space}/persistentvolumeclaims/data", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = volume } });
        PutVolume("pv-kept", "Retain");
        PutVolume("pv-going", "Delete");
        Cluster.Intercept = (request, _) => forbidden is not null && request.Path.Value!.Contains(forbidden, StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "may not") : null;

        var undone = (StepOutcome.Done)await PlayedNamespace.Step(Connections).UndoAsync(Context(), Bench.Intents["s"], null, default);

        Cluster.Objects.Find(Space).Should().BeNull();
        undone.Outputs["left"]?.ToString().Should().Be(left);
    }

    /// <summary>Right behind the namespace's end its provisioner has not come to it yet: nobody is told of what goes by itself.</summary>
    [Fact]
    public async Task Undo_OfAVolumeThatGoesASecondLater_SaysOnlyWhatStays()
    {
        await MadeAsync();
        foreach (var volume in (string[])["pv-kept", "pv-going"])
        {
            Cluster.Objects.Put($"{Space}/persistentvolumeclaims/{volume}", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = volume } });
        }

        PutVolume("pv-kept", "Retain");
        PutVolume("pv-going", "Delete");
        var looks = 0;
        Cluster.Intercept = (request, _) =>
        {
            if (request.Path.Value!.EndsWith("/pv-going", StringComparison.Ordinal) && ++looks == 3)
            {
                Cluster.Objects.Remove("/api/v1/persistentvolumes/pv-going");
            }

            return null;
        };

        var undone = (StepOutcome.Done)await PlayedNamespace.Step(Connections).UndoAsync(Context(), Bench.Intents["s"], null, default);

        undone.Outputs["left"]!.ToString().Should().Be("namespace dro-7-s is gone; of its volumes these stay with their data, for people to remove: pv-kept (Retain, Released)");
    }

    private void PutVolume(string name, string policy) =>
        Cluster.Objects.Put($"/api/v1/persistentvolumes/{name}", new JsonObject { ["spec"] = new JsonObject { ["persistentVolumeReclaimPolicy"] = policy }, ["status"] = new JsonObject { ["phase"] = "Released" } });

    /// <summary>An earlier life has asked for its end: which claims it had, nobody has seen.</summary>
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "namespace dro-7-s is gone; whether volumes of it are still there is not known: it was gone already when it was looked at")]
    public async Task Undo_GoneAlready_SaysWhatNobodyHasSeenOnlyWhereItRepeats(bool repeats, string? left)
    {
        var (step, context, intent) = await PreparedAsync();

        var undone = (StepOutcome.Done)await step.UndoAsync(context with { Repeats = repeats }, intent, null, default);

        undone.Outputs["left"]?.ToString().Should().Be(left);
    }

    [Fact]
    public async Task Execute_NamespaceOfSomebodyElse_IsLeftAlone()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Put(Space, new JsonObject { ["kind"] = "Namespace" });

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("a namespace dro-7-s is at primary that this run has not made");
        var undone = (StepOutcome.Done)await step.UndoAsync(context, intent, null, default);

        undone.Outputs["left"]!.ToString().Should().Be("namespace dro-7-s was left as it is: this run has not made it");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Contradiction_PolicyWasOpenedOrNamespaceIsGone_IsSaid()
    {
        await MadeAsync();
        var (step, context, intent) = (PlayedNamespace.Step(Connections), Context(), Bench.Intents["s"]);
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();

        Cluster.Objects.Find(Policy)!["spec"]!["egress"] = new JsonArray(new JsonObject());
        (await step.ContradictionAsync(context, intent, default)).Should().Be("what bounds namespace dro-7-s (dro-egress) is not as it was made");
        Cluster.Objects.Remove(Space);
        (await step.ContradictionAsync(context, intent, default)).Should().Be("namespace dro-7-s is gone");
    }

    /// <summary>Only the API's own word is an absence: what a proxy says in its place is none.</summary>
    [Fact]
    public async Task Undo_RemoveAndDuty_AProxySays404_NothingIsGone()
    {
        PlayedNamespace.Play(Cluster.Objects);
        var (step, context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await step.ExecuteAsync(context, intent, default);
        Bench.Intents["s"] = intent;
        Bench.Outputs["s"] = done.Outputs;
        var remove = new K8sNamespaceRemoveStep(Connections, new WaitedTime());
        var removing = Bench.Context("k8s.namespace-remove", """{"made-by":"s"}""", "r", timeoutSeconds: 1);
        var meant = await remove.PrepareAsync(removing, default);
        var duty = step.DutyOf(intent, done.Outputs)!;
        Cluster.Intercept = (_, _) => (404, JsonValue.Create("default backend - 404"));

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Failed>();
        (await remove.ExecuteAsync(removing, meant, default)).Should().BeOfType<StepOutcome.Failed>();
        (await step.IsDoneAsync(duty.Subject, Bench.Estate, default)).Should().BeFalse();
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();

        Cluster.Intercept = null;
        Cluster.Objects.Find(Space).Should().NotBeNull();
    }

    [Theory]
    [InlineData(429, typeof(StepOutcome.Failed))]
    [InlineData(504, typeof(StepOutcome.Unknown))]
    public async Task Execute_NamespaceIsNotMadeInTime_IsUnknownOnlyWhereItMayCome(int status, Type outcome)
    {
        var (step, context, intent) = await PreparedAsync();
        context = context with { Step = context.Step with { Timeout = TimeSpan.FromSeconds(1) } };
        Cluster.Intercept = (request, _) => request.Method == "POST" ? FakeObjects.Status(status, "Reason", "why") : null;

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType(outcome);
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Unknown>();
    }

    [Fact]
    public async Task Remove_HeldByAFinalizer_SaysByWhat_AndSeesItGone()
    {
        await MadeAsync();
        var held = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray("bank.test/hold") } };
        Cluster.Objects.Put("/api/v1/namespaces/dro-7-s/configmaps/held", held);
        var remove = new K8sNamespaceRemoveStep(Connections, new WaitedTime());
        var context = Bench.Context("k8s.namespace-remove", """{"made-by":"s"}""", "remove", timeoutSeconds: 1);
        var intent = await remove.PrepareAsync(context, default);

        (await remove.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason
            .Should().Be("namespace dro-7-s is not seen to be gone: NamespaceFinalizersRemaining: Some content in the namespace has finalizers remaining: bank.test/hold in 1 resource instances");
        Cluster.Objects.Remove(Space);
        var done = (await remove.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs["gone"]!.GetValue<bool>().Should().BeTrue();
        remove.Does(((IDutyKind)PlayedNamespace.Step(Connections)).DutyOf(Bench.Intents["s"], Bench.Outputs["s"])!.Subject, intent, done.Outputs).Should().BeTrue();
    }

    /// <summary>Removed and made anew by another meanwhile: the uid of the intent protects it.</summary>
    [Fact]
    public async Task Remove_AnotherOfThatNameStands_IsNotDeleted()
    {
        await MadeAsync();
        var remove = new K8sNamespaceRemoveStep(Connections, new WaitedTime());
        var context = Bench.Context("k8s.namespace-remove", """{"made-by":"s"}""", "remove");
        var intent = await remove.PrepareAsync(context, default);
        var before = Cluster.Mutations.Count();
        Cluster.Objects.Put(Space, new JsonObject { ["metadata"] = new JsonObject { ["uid"] = "another" } });

        (await remove.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().HaveCount(before);
        Cluster.Objects.Find(Space).Should().NotBeNull();
    }

    [Fact]
    public async Task Remove_JobStillRuns_IsRefused()
    {
        await MadeAsync();
        Cluster.Objects.Put("/apis/batch/v1/namespaces/dro-7-s/jobs/restore", new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray() } });
        var remove = new K8sNamespaceRemoveStep(Connections, new WaitedTime());

        var act = () => remove.PrepareAsync(Bench.Context("k8s.namespace-remove", """{"made-by":"s"}""", "remove"), default);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("Job restore in namespace dro-7-s has not ended: what it says would be lost");
    }

    [Fact]
    public async Task IsDone_NamespaceGoneOrAnother_TheDutyIsDone()
    {
        var done = await MadeAsync();
        IDutyKind step = PlayedNamespace.Step(Connections);
        var duty = step.DutyOf(Bench.Intents["s"], done.Outputs)!;
        duty.Text.Should().Be("remove namespace dro-7-s at primary, which the run has made for itself");

        (await step.IsDoneAsync(duty.Subject, Bench.Estate, default)).Should().BeFalse();
        Cluster.Objects.Put(Space, new JsonObject { ["metadata"] = new JsonObject { ["uid"] = "another" } });
        (await step.IsDoneAsync(duty.Subject, Bench.Estate, default)).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"prove":"none"}""", null)]
    [InlineData("""{"prove":"later"}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"somewhere"}}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"a:1","targets":["127.0.0.1:5432"]}}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"a:1","target":["10.0.0.1:5432"]}}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"10.9.0.5:9000"},"allow-egress":[{"cidr":"10.9.0.0/16","ports":[9000]}]}""", null)]
    [InlineData("""{"prove":{"image":"i","control":"10.9.0.5:9001"},"allow-egress":[{"cidr":"10.9.0.0/16","ports":[9000]}]}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"10.9.0.5:9000"}}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"a:1","forbidden":["localhost:53"]}}""", "prove")]
    [InlineData("""{"prove":{"image":"i","control":"a:1","accept-untried":"all"}}""", "prove")]
    [InlineData("""{"prove":"none","allow-egress":[{"cidr":"0.0.0.0/0"}]}""", "allow-egress")]
    [InlineData("""{"prove":"none","allow-egress":[{"cidr":"10.9.0.1/16"}]}""", "allow-egress")]
    [InlineData("""{"prove":"none","allow-egress":[{"namespace":"minio","ports":["http"]}]}""", "allow-egress")]
    [InlineData("""{"prove":"none","quota":{"gpu":"1"}}""", "quota")]
    [InlineData("""{"prove":"none","quota":{"cpu":"a lot"}}""", "quota")]
    [InlineData("""{"prove":"none","copy-secrets":["login"]}""", "copy-secrets")]
    public void Judge_OfBadInput_NamesTheParameter(string with, string? parameter)
    {
        var shape = PlayedNamespace.Step(Connections).Shape;

        shape.Judge!(StepBench.Parameters(with)).Select(problem => problem.Parameter).Should().Equal(parameter is null ? [] : [parameter]);
    }

    private StepContext Context(string with = With) => Bench.Context("k8s.namespace", with);

    private void PutSecrets()
    {
        PlayedNamespace.TellApiServer(Cluster.Objects);
        Cluster.Objects.Put(Source, new JsonObject { ["type"] = "Opaque", ["data"] = new JsonObject { ["password"] = Hidden } });
        Cluster.Objects.Put("/api/v1/namespaces/lab/secrets/token", new JsonObject { ["type"] = "kubernetes.io/service-account-token", ["data"] = new JsonObject() });
    }

    private async Task<(K8sNamespaceStep Step, StepContext Context, JsonObject Intent)> PreparedAsync()
    {
        PutSecrets();
        var step = PlayedNamespace.Step(Connections);
        return (step, Context(), JsonNode.Parse((await step.PrepareAsync(Context(), default)).ToJsonString())!.AsObject());
    }

    private async Task<StepOutcome.Done> MadeAsync()
    {
        PlayedNamespace.Play(Cluster.Objects);
        var (step, context, intent) = await PreparedAsync();
        Bench.Intents["s"] = intent;
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        Bench.Outputs["s"] = done.Outputs;
        return done;
    }
}
