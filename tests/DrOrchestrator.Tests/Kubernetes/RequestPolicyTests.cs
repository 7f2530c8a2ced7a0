using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>An API server in its worst hour: what is repeated, what never is, and what is said.</summary>
public sealed class RequestPolicyTests : IAsyncLifetime
{
    private const string Pods = """{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}""";

    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private int _asked;
    private FakeCluster _cluster = null!;

    private IKubernetes Client => _connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary");

    public async Task InitializeAsync() => _cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(429, "0")]
    [InlineData(429, "1")]
    [InlineData(429, "Sat, 01 Jan 2000 00:00:00 GMT")]
    [InlineData(429, null)]
    [InlineData(429, "soon")]
    [InlineData(500, null)]
    [InlineData(502, null)]
    [InlineData(503, "0")]
    [InlineData(504, null)]
    public async Task Read_AnsweredBusyTwice_IsRepeatedAndSucceeds(int status, string? retryAfter)
    {
        Answer(async (context, asked) =>
        {
            context.Response.StatusCode = asked <= 2 ? status : 200;
            context.Response.Headers.RetryAfter = asked <= 2 ? retryAfter : null;
            await context.Response.WriteAsync(asked <= 2 ? "busy" : Pods);
        });

        await Client.CoreV1.ListNamespacedPodAsync("ledger");

        _asked.Should().Be(3);
    }

    [Theory]
    [InlineData("60")]
    [InlineData("Fri, 01 Jan 2100 00:00:00 GMT")]
    public async Task Read_AskedToComeBackInALongTime_IsNotRepeatedBefore(string retryAfter)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = retryAfter;
            await context.Response.WriteAsync("busy");
        });

        var failure = await FailureAsync(() => Client.CoreV1.ListNamespacedPodAsync("ledger"));

        _asked.Should().Be(1);
        failure.Should().Match<ClusterFailure>(f => f.IsPassing && f.Reason == "429 busy");
    }

    [Fact]
    public async Task Read_CutInTheMiddleOfTheBody_IsRepeated()
    {
        Answer(async (context, asked) =>
        {
            if (asked == 1)
            {
                await context.Response.WriteAsync(Pods[..20]);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }

            await context.Response.WriteAsync(Pods);
        });

        await Client.CoreV1.ListNamespacedPodAsync("ledger");

        _asked.Should().Be(2);
    }

    [Fact]
    public async Task Write_ConnectionClosedAfterItWasSent_IsSentOnceAndItsEndIsUnknown()
    {
        await Client.CoreV1.ListNamespacedPodAsync("ledger");
        Answer((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var failure = await FailureAsync(PatchAsync);

        _asked.Should().Be(1);
        failure.Should().Match<ClusterFailure>(f => f.Status == null && !f.IsRefusal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Write_AnsweredBusy_IsSentOnce(int status)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "0";
            await context.Response.WriteAsync("busy");
        });

        var failure = await FailureAsync(PatchAsync);

        _asked.Should().Be(1);
        failure.Status.Should().Be((HttpStatusCode)status);
    }

    [Theory]
    [InlineData("text/html", "<html><body><h1>503 Service Unavailable</h1>\nNo server is available.</body></html>", "502 503 Service Unavailable No server is available.")]
    [InlineData("text/plain", "no endpoints available for service\n", "502 no endpoints available for service")]
    [InlineData("application/json", "", "502 Bad Gateway")]
    [InlineData("application/json", "[1]", "502 [1]")]
    [InlineData("application/json", """{"message":7}""", """502 {"message":7}""")]
    [InlineData("application/json", """{"kind":"Status","message":"etcd \ud800 is away"}""", "502 *")]
    public async Task Refusal_InAnotherForm_IsSaidInOneLine(string type, string body, string said)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
        });

        var failure = await FailureAsync(PatchAsync);

        failure.Reason.Should().Match(said).And.NotContain("\n").And.NotContain("<");
    }

    [Fact]
    public async Task Read_PlainPageNotFound_IsARefusalAndSaysNothingOfAnObject()
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync("404 page not found\n");
        });

        var failure = await FailureAsync(() => Client.AutoscalingV2.ListNamespacedHorizontalPodAutoscalerAsync("ledger"));

        failure.Should().Match<ClusterFailure>(f => !f.IsNotFound && !f.IsNotServed && f.IsRefusal && f.Reason == "404 page not found: the API serves no such group or version");
        _asked.Should().Be(1);
    }

    [Theory]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"namespaces \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"namespaces"},"code":404}""", true, false)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}""", false, true)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"clusters.cluster.karmada.io \"member1\" not found","reason":"NotFound","details":{"name":"member1","group":"cluster.karmada.io","kind":"clusters"},"code":404}""", false, false)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"clusters \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"clusters"},"code":404}""", false, false)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"no such cluster","reason":"NotFound","code":404}""", false, false)]
    [InlineData("""{"error":"NotFound","reason":"NotFound"}""", false, false)]
    [InlineData("<html><body><h1>404 Not Found</h1></body></html>", false, false)]
    [InlineData("default backend - 404", false, false)]
    [InlineData("", false, false)]
    public async Task Read_NotFound_IsAbsenceOnlyByTheApisOwnWord(string body, bool absent, bool unserved)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync(body);
        });

        var failure = await FailureAsync(() => Client.CoreV1.ReadNamespaceAsync("x"));

        failure.Should().Match<ClusterFailure>(f => f.IsNotFound == absent && f.IsNotServed == unserved);
        if (absent)
        {
            (await Client.FindAsync("api/v1/namespaces/x", default)).Should().BeNull();
        }
        else
        {
            await FailureAsync(() => Client.FindAsync("api/v1/namespaces/x", default));
        }
    }

    /// <summary>An old aggregated API server leaves the details out: it is no absence for ever, so that a person must be told what to do.</summary>
    [Theory]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"backups \"x\" not found","reason":"NotFound","code":404}""", "404 backups \"x\" not found", true)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"backups \"x\" not found","reason":"NotFound","details":{},"code":404}""", "404 backups \"x\" not found", true)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"namespaces \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"namespaces"},"code":404}""", "404 namespaces \"x\" not found", false)]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}""", "404 the server could not find the requested resource: the API serves no such kind, or not in that version", false)]
    [InlineData("default backend - 404", "404 default backend - 404", false)]
    public async Task Read_NotFoundThatNamesNothing_SaysWhatAPersonIsToDo(string body, string words, bool hinted)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync(body);
        });

        var failure = await FailureAsync(() => Client.CoreV1.ReadNamespaceAsync("x"));

        failure.Reason.Should().Be(hinted
            ? $"{words}; this answer does not name what was asked for (some old aggregated API servers and proxies answer so), and is not taken for its absence: see with 'kubectl get' whether it is there, and answer the run's question by that"
            : words);
    }

    /// <summary>Paths and answers of kube-apiserver v1.36.2; behind an aggregating proxy the member's name stands in the path of everything that is asked of it.</summary>
    [Theory]
    [InlineData("api/v1/namespaces/default/pods/x/log", "pods", "x", true)]
    [InlineData("apis/apps/v1/namespaces/default/deployments/x/scale", "deployments", "x", true)]
    [InlineData("api/v1/namespaces/x/configmaps/a", "namespaces", "x", true)]
    [InlineData("apis/cluster.karmada.io/v1alpha1/clusters/member1/proxy/api/v1/namespaces/x", "clusters", "member1", false)]
    [InlineData("apis/cluster.karmada.io/v1alpha1/clusters/member1/proxy/api/v1/namespaces/x", "namespaces", "x", true)]
    [InlineData("api/v1/namespaces/pods", "namespaces", "x", false)]
    public async Task Find_NotFound_IsAbsenceOfWhatWasAskedForAlone(string path, string kind, string name, bool absent)
    {
        Answer(async (context, _) =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{kind}} \"{{name}}\" not found","reason":"NotFound","details":{"name":"{{name}}","kind":"{{kind}}"},"code":404}""");
        });

        var act = () => Client.FindAsync(path, default);

        if (absent)
        {
            (await act()).Should().BeNull();
        }
        else
        {
            await act.Should().ThrowAsync<HttpOperationException>();
        }
    }

    [Fact]
    public async Task Read_FieldsAndWordsOfAnotherVersion_AreNoHindrance()
    {
        Answer((context, _) => context.Response.WriteAsync(
            """{"kind":"PodList","apiVersion":"v1","metadata":{"shardInfo":{"a":1}},"items":[{"metadata":{"name":"p","future":[1]},"spec":{"containers":[],"quantum":true},"status":{"phase":"Hibernated","conditions":[{"type":"Warm","status":"Perhaps"}]}}]}"""));

        var pods = await Client.CoreV1.ListNamespacedPodAsync("ledger");

        pods.Items.Single().Status.Phase.Should().Be("Hibernated");
    }

    private void Answer(Func<HttpContext, int, Task> answer) => _cluster.Takes = async context =>
    {
        await answer(context, Interlocked.Increment(ref _asked));
        return true;
    };

    private Task PatchAsync() => Client.CoreV1.PatchNamespacedPodAsync(new V1Patch("{}", V1Patch.PatchType.MergePatch), "p", "ledger");

    private static async Task<ClusterFailure> FailureAsync(Func<Task> call)
    {
        var thrown = (await call.Should().ThrowAsync<Exception>()).Which;
        var failure = ClusterFailure.Of(thrown, default);
        failure.Should().NotBeNull($"{thrown} is one of the cluster's");
        return failure!;
    }
}
