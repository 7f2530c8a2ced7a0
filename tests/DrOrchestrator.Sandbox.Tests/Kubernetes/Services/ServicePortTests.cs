using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Services;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Services;

public sealed class ServicePortTests
{
    [Fact]
    public async Task Serve_TurnedOffAndOnAgainManyTimes_ListensExactlyWhileThereIsABackend()
    {
        using var pod = new TcpListener(IPAddress.Loopback, 0);
        pod.Start();
        Backend[] backends = [new Backend("uid", ((IPEndPoint)pod.LocalEndpoint).Port)];
        HashSet<string> alive = ["uid"];
        using var port = new ServicePort(FreePorts.Take());
        using var forking = new CancellationTokenSource();
        Task forks = ForkAsync(forking.Token);

        for (int i = 0; i < 300; i++)
        {
            port.Serve(backends, alive);
            using (var client = new TcpClient())
            {
                await client.ConnectAsync(IPAddress.Loopback, port.Number);
            }

            port.Serve([], alive);
            using var refused = new TcpClient();
            await FluentActions.Awaiting(() => refused.ConnectAsync(IPAddress.Loopback, port.Number)).Should().ThrowAsync<SocketException>();
        }

        await forking.CancelAsync();
        await forks;
    }

    [Fact]
    public async Task Serve_DuringASilence_PassesNothing_BreaksNothing_AndRefusesNobody()
    {
        using var pod = new TcpListener(IPAddress.Loopback, 0);
        pod.Start();
        var (isSilent, time) = (false, new CountingTime());
        using var port = new ServicePort(FreePorts.Take(), new Silence(() => isSilent, time));
        port.Serve([new Backend("uid", ((IPEndPoint)pod.LocalEndpoint).Port)], new HashSet<string> { "uid" });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port.Number);
        using TcpClient served = await pod.AcceptTcpClientAsync();

        isSilent = true;
        port.Serve([], new HashSet<string>());
        await client.GetStream().WriteAsync("lost"u8.ToArray());
        await served.GetStream().WriteAsync("too"u8.ToArray());
        using var late = new TcpClient();
        await late.ConnectAsync(IPAddress.Loopback, port.Number);
        await time.WaitedForAsync(20);

        served.Available.Should().Be(0);
        client.Client.Poll(0, SelectMode.SelectRead).Should().BeFalse("neither bytes nor a break come through");
        late.Client.Poll(0, SelectMode.SelectRead).Should().BeFalse("nobody is refused");
        isSilent = false;
        port.Serve([], new HashSet<string>());
        await Eventually.TrueAsync(() => Task.FromResult(client.Client.Poll(0, SelectMode.SelectRead) && late.Client.Poll(0, SelectMode.SelectRead)), "both hear of the end");
    }

    /// <summary>Starts processes all the time, as a kubelet beside it does: until its exec, a child holds whatever sockets are open.</summary>
    private static async Task ForkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using Process child = Process.Start("/bin/true");
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }
}
