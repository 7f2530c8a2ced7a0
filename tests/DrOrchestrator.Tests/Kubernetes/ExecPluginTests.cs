using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>Real programs on this side, a real TLS server on the other. The program counts its runs in a file, and its credentials carry the number.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExecPluginTests : IAsyncLifetime
{
    private const string V1 = "client.authentication.k8s.io/v1";

    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(V1)]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task Requests_Token_IsFetchedOnceAndKept(string version)
    {
        WritePlugin(Token("t$n", version: version), version);
        using var connections = Connections();

        await List(connections);
        await List(connections);

        Sent().Should().Equal("Bearer t1", "Bearer t1");
    }

    [Fact]
    public async Task Requests_ManyAtOnce_StartOneProgram()
    {
        WritePlugin($"sleep 0.2; {Token("t$n")}");
        using var connections = Connections();
        var client = Client(connections);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.CoreV1.ListNamespacedPodAsync("ledger")));

        Sent().Should().HaveCount(8).And.OnlyContain(sent => sent == "Bearer t1");
        Runs().Should().Be(1);
    }

    [Fact]
    public async Task Requests_NearItsExpiry_FetchAnew()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        WritePlugin(Token("t$n", $", \"expirationTimestamp\": \"{time.GetUtcNow().AddMinutes(10):yyyy-MM-ddTHH:mm:ssZ}\""));
        using var connections = Connections(time);

        await List(connections);
        time.Advance(TimeSpan.FromMinutes(9));
        await List(connections);
        time.Advance(TimeSpan.FromSeconds(35));
        await List(connections);

        Sent().Should().Equal("Bearer t1", "Bearer t1", "Bearer t2");
    }

    [Fact]
    public async Task Requests_AlreadyExpiredCredential_IsRefused()
    {
        WritePlugin(Token("secret-value", ", \"expirationTimestamp\": \"2020-01-01T00:00:00Z\""));
        using var connections = Connections();

        (await FailureAsync(connections)).Should().Match("*ended well, but what it gave has expired at 2020-01-01 00:00:00 UTC; *").And.NotContain("secret-value");
    }

    [Fact]
    public async Task Requests_ReadAnswered401_IsSentOnceMoreWithANewOne()
    {
        WritePlugin(Token("t$n"));
        _cluster.Intercept = (request, _) => request.Headers.Authorization == "Bearer t1" ? FakeObjects.Status(401, "Unauthorized", "Unauthorized") : null;
        using var connections = Connections();

        await List(connections);

        Sent().Should().Equal("Bearer t1", "Bearer t2");
    }

    [Fact]
    public async Task Requests_ReadAnswered401ForEver_IsSentTwice()
    {
        WritePlugin(Token("t$n"));
        _cluster.Intercept = (_, _) => FakeObjects.Status(401, "Unauthorized", "Unauthorized");
        using var connections = Connections();

        var call = () => List(connections);

        await call.Should().ThrowAsync<k8s.Autorest.HttpOperationException>();
        Sent().Should().Equal("Bearer t1", "Bearer t2");
    }

    [Fact]
    public async Task Requests_WriteAnswered401_IsSentOnceAndTheNextHasANewOne()
    {
        WritePlugin(Token("t$n"));
        _cluster.Intercept = (request, _) => request.Headers.Authorization == "Bearer t1" ? FakeObjects.Status(401, "Unauthorized", "Unauthorized") : null;
        using var connections = Connections();
        var patch = new k8s.Models.V1Patch("{}", k8s.Models.V1Patch.PatchType.MergePatch);

        var call = () => Client(connections).CoreV1.PatchNamespacedPodAsync(patch, "p", "ledger");

        await call.Should().ThrowAsync<k8s.Autorest.HttpOperationException>();
        Sent().Should().Equal("Bearer t1");
        await List(connections);
        Sent().Should().Equal("Bearer t1", "Bearer t2");
    }

    [Fact]
    public async Task Requests_ClientCertificate_IsShownAndANewOneGetsNewConnections()
    {
        WriteCertificate("one");
        WritePlugin($"cat {_cluster.Folder}/credential");
        _cluster.Intercept = (_, _) => _cluster.Requests.IsEmpty ? null : _cluster.Requests.Count == 1 ? FakeObjects.Status(401, "Unauthorized", "Unauthorized") : null;
        using var connections = Connections();

        await List(connections);
        WriteCertificate("two");
        await List(connections);

        _cluster.Requests.Select(r => r.ClientCertificate).Should().Equal("CN=one", "CN=one", "CN=two");
        Sent().Should().OnlyContain(sent => sent == null);
    }

    [Fact]
    public async Task Run_ProvideClusterInfo_TellsTheClusterAndNothingElseOfOurEnvironment()
    {
        _cluster.WriteKubeconfig(
            Exec(more: ", provideClusterInfo: true, args: ['a b', '$c'], env: [{name: REGION, value: north}]"),
            "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: dr, hours: 2, 'quoted': '2'}}]");
        WriteProgram($$"""echo "$#|$1|$2|$REGION|$DRO_OWN_SECRET" > {{_cluster.Folder}}/seen; echo "$KUBERNETES_EXEC_INFO" > {{_cluster.Folder}}/info; {{Token("t$n")}}""");
        Environment.SetEnvironmentVariable("DRO_OWN_SECRET", "own");
        using var connections = Connections();

        try
        {
            await List(connections);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DRO_OWN_SECRET", null);
        }

        Read("seen").Should().Be("2|a b|$c|north|\n");
        var info = JsonNode.Parse(Read("info"))!;
        info["apiVersion"]!.GetValue<string>().Should().Be(V1);
        info["kind"]!.GetValue<string>().Should().Be("ExecCredential");
        info["spec"]!["interactive"]!.GetValue<bool>().Should().BeFalse();
        info["spec"]!["cluster"]!["server"]!.GetValue<string>().Should().Be(_cluster.Url.AbsoluteUri);
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(info["spec"]!["cluster"]!["certificate-authority-data"]!.GetValue<string>())).Should().Be(_cluster.AuthorityPem);
        info["spec"]!["cluster"]!["config"]!.ToJsonString().Should().Be("""{"audience":"dr","hours":2,"quoted":"2"}""");
    }

    [Fact]
    public async Task Run_Fails_SaysWhatTheProgramSaidWithoutSecretsAndTheHint()
    {
        _cluster.WriteKubeconfig(Exec(more: ", installHint: 'Ask the platform team.', env: [{name: PASS, value: hunter22}]"));
        WriteProgram("""echo "cannot sign in at login.example with hunter22, Bearer abc, eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ" >&2; exit 3""");
        using var connections = Connections();

        (await FailureAsync(connections)).Should().Be(
            $"user 'u1' in {_cluster.KubeconfigPath}: the program {Program} that fetches its credential ended with 3; it said: "
            + "cannot sign in at login.example with ***, Bearer *** *** (hint of the kubeconfig: Ask the platform team.)");
        _cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_FailsAgainAndAgain_IsHeldForSomeSeconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        WritePlugin("""[ $n -lt 3 ] && exit $n; echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'t$n'"}}'""");
        using var connections = Connections(time);

        var first = await FailureAsync(connections);
        (await FailureAsync(connections)).Should().Be(first).And.EndWith("ended with 1");
        Runs().Should().Be(1, "the failure is the answer for some seconds");
        time.Advance(ExecCredentials.HeldFailure);
        (await FailureAsync(connections)).Should().EndWith("ended with 2");
        time.Advance(ExecCredentials.HeldFailure);
        await List(connections);

        Sent().Should().Equal("Bearer t3");
    }

    [Theory]
    [InlineData("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY refused", "key *** refused")]
    [InlineData("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "***")]
    [InlineData("'abcd1/efghijklmnopqrstuvwxyz='", "'***'")]
    [InlineData("open /usr/local/share/aws2/config/credentials.json: no such file", "open /usr/local/share/aws2/config/credentials.json: no such file")]
    [InlineData("POST https://login.example/tenant1/oauth2/authorize/v2 refused", "POST https://login.example/tenant1/oauth2/authorize/v2 refused")]
    public void Masked_KeysWithSlashes_AreTakenForWhatTheyAre(string said, string shown) => ExecPlugin.Masked(said, []).Should().Be(shown);

    [Fact]
    public async Task Run_FailsAndSaysItsArguments_MasksThoseThatAreCalledSecrets()
    {
        _cluster.WriteKubeconfig(Exec(more: ", args: [get-token, --client-secret, hunter22, '--password=sesame77', --server-id, my-server]"));
        WriteProgram("""echo "tried $*" >&2; exit 1""");
        using var connections = Connections();

        (await FailureAsync(connections)).Should().EndWith("it said: tried get-token --client-secret *** --password=*** --server-id my-server");
    }

    [Theory]
    [InlineData("{? [a] : 1}", "the extension client.authentication.k8s.io/exec of cluster 'c1' in * has a key that is no text")]
    [InlineData("&deep {again: *deep}", "the extension client.authentication.k8s.io/exec of cluster 'c1' in * is nested more than 32 deep")]
    public void Read_ConfigThatIsNoJson_IsRefusedByName(string config, string message)
    {
        _cluster.WriteKubeconfig(Exec(more: ", provideClusterInfo: true"), $"extensions: [{{name: client.authentication.k8s.io/exec, extension: {config}}}]");
        using var connections = Connections();

        var call = () => Client(connections);

        call.Should().Throw<ClusterAccessException>().WithMessage(message);
    }

    [Fact]
    public async Task Run_WordsOnStandardError_AreNoFailure()
    {
        WritePlugin($"echo warning >&2; {Token("t$n")}");
        using var connections = Connections();

        await List(connections);

        Sent().Should().Equal("Bearer t1");
    }

    [Theory]
    [InlineData("echo no-json-secret", "ended well, but its output is no JSON")]
    [InlineData("""printf '%s' '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"\ud800secret"}}'""", "ended well, but its output is no JSON")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"secret"}}'""", "ended well, but its output has another apiVersion than the kubeconfig's client.authentication.k8s.io/v1")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "ended well, but its output has neither token nor clientCertificateData")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"secret"}}'""", "ended well, but its output has one of clientCertificateData and clientKeyData; both are needed")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"secret value"}}'""", "ended well, but its token has characters that no header can carry")]
    public async Task Run_OutputIsNoCredential_SaysWhatItLacks(string script, string message)
    {
        WritePlugin(script);
        using var connections = Connections();

        (await FailureAsync(connections)).Should().EndWith(message).And.NotContain("secret");
        _cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_DoesNotEnd_IsKilled()
    {
        WritePlugin("sleep 600");
        using var connections = Connections(limit: TimeSpan.FromSeconds(0.5));

        (await FailureAsync(connections)).Should().EndWith("did not end within 0.5 s and was killed");
    }

    [Fact]
    public async Task Run_ProgramThatTheServerDoesNotAllow_IsNotStarted()
    {
        WritePlugin(Token("t$n"));
        using var connections = new ClusterConnections(TimeProvider.System);

        (await FailureAsync(connections)).Should().EndWith($"is not started: the program {Program} is not allowed by this server; start it with --allow-command {Program}");
        Runs().Should().Be(0);
    }

    [Fact]
    public async Task Run_KubeconfigThatEverybodyMayWrite_IsNotBelieved()
    {
        WritePlugin(Token("t$n"));
        File.SetUnixFileMode(_cluster.KubeconfigPath, (UnixFileMode)0b110_110_110);
        using var connections = Connections();

        (await FailureAsync(connections)).Should().Contain($"is not started: everybody may write {_cluster.KubeconfigPath}");
        Runs().Should().Be(0);
    }

    [Fact]
    public async Task Run_MissingProgram_SaysWhereItWasLookedFor()
    {
        _cluster.WriteKubeconfig($"exec: {{apiVersion: {V1}, interactiveMode: Never, command: dro-no-such-program, installHint: Install it.}}");
        using var connections = Connections();

        (await FailureAsync(connections)).Should().Match("*dro-no-such-program that fetches its credential is not there in /usr/local/sbin, *, /bin (hint of the kubeconfig: Install it.)");
    }

    private string Program => Path.Combine(_cluster.Folder, "bin", "plugin");

    private static string Token(string token, string more = "", string version = V1) =>
        "echo '" + $$"""{"kind":"ExecCredential","apiVersion":"{{version}}","status":{"token":"'{{token}}'"{{more}} } }""" + "'";

    private static string Exec(string version = V1, string more = "") => $"exec: {{apiVersion: {version}, interactiveMode: IfAvailable, command: bin/plugin{more}}}";

    private void WritePlugin(string script, string version = V1)
    {
        _cluster.WriteKubeconfig(Exec(version));
        WriteProgram(script);
    }

    private void WriteProgram(string script)
    {
        Directory.CreateDirectory(Path.Combine(_cluster.Folder, "bin"));
        File.WriteAllText(Program, $"#!/bin/sh\necho run >> {_cluster.Folder}/runs\nn=$(wc -l < {_cluster.Folder}/runs)\n{script}\n");
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void WriteCertificate(string name)
    {
        var (certificate, key) = _cluster.ClientCertificate(name);
        _cluster.WriteFile("credential", new JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = V1,
            ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        }.ToJsonString());
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_cluster.Folder, name));

    private int Runs() => File.Exists(Path.Combine(_cluster.Folder, "runs")) ? File.ReadAllLines(Path.Combine(_cluster.Folder, "runs")).Length : 0;

    private IEnumerable<string?> Sent() => _cluster.Requests.Select(r => r.Authorization);

    private ClusterConnections Connections(TimeProvider? time = null, TimeSpan? limit = null) =>
        new(time ?? TimeProvider.System) { Allowed = new AllowedCommands([Program]), LongestExec = limit ?? ExecPlugin.Longest };

    private IKubernetes Client(ClusterConnections connections) => connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary");

    private Task<k8s.Models.V1PodList> List(ClusterConnections connections) => Client(connections).CoreV1.ListNamespacedPodAsync("ledger");

    private async Task<string> FailureAsync(ClusterConnections connections)
    {
        var call = () => List(connections);
        return (await call.Should().ThrowAsync<ClusterAccessException>()).Which.Message;
    }
}
