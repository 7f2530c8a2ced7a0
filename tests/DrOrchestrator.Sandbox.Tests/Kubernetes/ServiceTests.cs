using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

/// <summary>The pods here are shells that only say which port they were given; the tests listen there in their place.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task Service_WithoutAReadyPod_RefusesConnections()
    {
        await using var site = await TestSite.StartAsync();
        var port = FreePorts.Take();
        await site.CreateAsync(TestSite.Services, Manifests.Service("api", "api", port));

        (await ConnectAsync(port)).Should().Be(SocketError.ConnectionRefused);
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("api", Manifests.Patient));
        await site.UntilReadyAsync("api");
        await UntilAsync(async () => await ConnectAsync(port) == SocketError.Success);
        await site.SendAsync("DELETE", TestSite.Pods + "/api");
        await UntilAsync(async () => await ConnectAsync(port) == SocketError.ConnectionRefused);
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("api2", Manifests.Patient, app: "api"));
        await site.UntilReadyAsync("api2");
        await UntilAsync(async () => await ConnectAsync(port) == SocketError.Success);
    }

    [Fact]
    public async Task Service_WithAReadyPod_ForwardsAndBreaksWhenThePodEnds()
    {
        await using var site = await TestSite.StartAsync();
        var port = FreePorts.Take();
        await site.CreateAsync(TestSite.Services, Manifests.Service("api", "api", port));
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("api", Manifests.Patient));
        var podPort = await site.PortOfAsync("api");
        using var pod = new TcpListener(IPAddress.Loopback, podPort);
        pod.Start();
        await site.UntilReadyAsync("api");
        using var client = new TcpClient();
        await UntilAsync(async () => await ConnectAsync(port) == SocketError.Success);
        using var probe = await pod.AcceptTcpClientAsync();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var served = await pod.AcceptTcpClientAsync();

        await client.GetStream().WriteAsync("ping"u8.ToArray());
        var heard = await ReadAsync(served);
        await served.GetStream().WriteAsync("pong"u8.ToArray());
        var answered = await ReadAsync(client);
        await site.SendAsync("DELETE", TestSite.Pods + "/api?gracePeriodSeconds=0");
        var broken = () => ReadAsync(client);

        heard.Should().Be("ping");
        answered.Should().Be("pong");
        await broken.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task ReadinessProbe_DecidesWhenThePodIsReady()
    {
        await using var site = await TestSite.StartAsync();
        var pod = Manifests.Pod("a", Manifests.Patient);
        pod["spec"]!["containers"]![0]!["readinessProbe"] = new JsonObject
        {
            ["httpGet"] = new JsonObject { ["path"] = "/ready", ["port"] = 80 },
            ["periodSeconds"] = 1,
            ["failureThreshold"] = 1,
        };
        await site.CreateAsync(TestSite.Pods, pod);
        var port = await site.PortOfAsync("a");
        var waiting = await site.UntilAsync(TestSite.Pods + "/a", body => (string?)body["status"]!["phase"] == "Running");

        var asked = new List<string>();
        using (var server = new HttpListener())
        {
            server.Prefixes.Add($"http://127.0.0.1:{port}/");
            server.Start();
            _ = AnswerAsync(server, asked);
            await site.UntilReadyAsync("a");
        }

        TestSite.Condition(waiting, "Ready").Should().Be("False");
        asked.Should().OnlyContain(path => path == "/ready");
        await site.UntilAsync(TestSite.Pods + "/a", body => TestSite.Condition(body, "Ready") == "False");
    }

    private static async Task AnswerAsync(HttpListener server, List<string> asked)
    {
        try
        {
            while (true)
            {
                var context = await server.GetContextAsync();
                asked.Add(context.Request.RawUrl!);
                context.Response.StatusCode = 200;
                context.Response.Close();
            }
        }
        catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
        {
            // The server was stopped.
        }
    }

    private static async Task<SocketError> ConnectAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return SocketError.Success;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode;
        }
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        var buffer = new byte[100];
        var count = await client.GetStream().ReadAsync(buffer, patience.Token);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private static async Task UntilAsync(Func<Task<bool>> wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await wanted())
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
