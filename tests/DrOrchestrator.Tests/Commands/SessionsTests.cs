using System.Diagnostics;
using System.Runtime.Versioning;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Tests.Commands;

/// <summary>What of a session goes on: another account's, and not what dies slowly.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SessionsTests : IDisposable
{
    private readonly Process _leader = Process.Start(new ProcessStartInfo("/usr/bin/setsid", ["sleep", "600"]))!;

    public void Dispose()
    {
        _leader.Kill();
        _leader.Dispose();
    }

    [Fact]
    public async Task KillAsync_ProcessOfOursThatDiesSlowly_IsWaitedForAndIsNoSurvivor()
    {
        await ItsOwnSessionAsync();
        var asked = 0;

        var left = await Sessions.KillAsync(_leader.Id, TimeProvider.System, _ => Sent(++asked == 30));

        (left.Count, asked, Sessions.Members(_leader.Id).Count).Should().Be((0, 30, 0));

        bool Sent(bool acts)
        {
            if (acts)
            {
                _leader.Kill();
                _leader.WaitForExit();
            }

            return true;
        }
    }

    [Fact]
    public async Task KillAsync_ProcessThatThisAccountMayNotKill_IsSaidAtOnce()
    {
        await ItsOwnSessionAsync();
        var asked = 0;

        var left = await Sessions.KillAsync(_leader.Id, TimeProvider.System, _ => ++asked == 0);

        left.Should().Equal(_leader.Id);
        asked.Should().Be(1);
    }

    private async Task ItsOwnSessionAsync()
    {
        for (var i = 0; i < 3000 && Sessions.Members(_leader.Id).Count == 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
