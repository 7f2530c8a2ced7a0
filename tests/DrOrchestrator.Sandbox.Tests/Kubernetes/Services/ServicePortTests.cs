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
