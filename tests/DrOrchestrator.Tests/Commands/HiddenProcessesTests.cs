using System.Globalization;
using System.Runtime.Versioning;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Tests.Commands;

/// <summary>On a /proc of the test's own: what another account's process shows of itself.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HiddenProcessesTests : IDisposable
{
    private readonly string _proc = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"proc-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Theory]
    [InlineData("what a sudo of a program of ours leaves", true)]
    [InlineData("the same, begun before", false, 999)]
    [InlineData("one that can be looked into", false, 1000, false)]
    [InlineData("one whose session is held", false, 1000, true, 'S', "S")]
    [InlineData("one whose session's first process is dead, and not collected", true, 1000, true, 'S', "Z")]
    [InlineData("dead, and not collected", false, 1000, true, 'Z')]
    [InlineData("a thread of the kernel", false, 1000, true, 'S', "", 0)]
    public void BegunSince_Process_CountsWhereNobodyHoldsItAndItCannotBeLookedInto(string what, bool counts, int start = 1000, bool isHidden = true, char state = 'S', string leader = "", int session = 70)
    {
        Process(71, session, start, isHidden, state);
        if (leader.Length > 0)
        {
            Process(session, session, 900, isHidden: false, leader[0]);
        }

        HiddenProcesses.BegunSince(1000, _proc).Should().Equal(counts ? [71] : [], what);
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("proc /proc proc rw,nosuid,relatime 0 0", true, true)]
    [InlineData("proc /proc proc rw,hidepid=0 0 0", true, true)]
    [InlineData("proc /proc proc rw,hidepid=2,gid=4 0 0", true, false)]
    [InlineData("proc /proc proc rw,hidepid=invisible 0 0", true, false)]
    [InlineData("proc /mnt/proc proc rw,hidepid=2 0 0", true, true)]
    [InlineData("proc /proc proc rw 0 0\nproc /proc proc rw,hidepid=ptraceable 0 0", true, false)]
    [InlineData("proc /proc proc rw,hidepid=2 0 0", true, true, true)]
    [InlineData("", false, false, true)]
    public void AreSeen_ByTheMountsAndTheFirstProcess_SaysWhetherOthersAreHidden(string mounts, bool hasFirst, bool expected, bool isPrivileged = false)
    {
        Directory.CreateDirectory(Path.Combine(_proc, "self"));
        File.WriteAllText(Path.Combine(_proc, "self", "mounts"), mounts + "\n");
        if (hasFirst)
        {
            Process(1, 1, 0, isHidden: true, 'S');
        }

        HiddenProcesses.AreSeen(_proc, isPrivileged).Should().Be(expected);
    }

    [Fact]
    public void BegunSince_OnThisMachine_ReadsItsOwn()
    {
        var now = HiddenProcesses.Now();

        HiddenProcesses.BegunSince(0).Should().NotContain(Environment.ProcessId);
        (now > 0, HiddenProcesses.Place().Length > 0, HiddenProcesses.Place()).Should().Be((true, true, HiddenProcesses.Place()));
    }

    [Fact]
    public void Now_AndPlace_AreReadFromTheMachine()
    {
        Directory.CreateDirectory(Path.Combine(_proc, "sys", "kernel", "random"));
        Directory.CreateDirectory(Path.Combine(_proc, "self", "ns"));
        File.WriteAllText(Path.Combine(_proc, "uptime"), "81094.47 50555.36\n");
        File.WriteAllText(Path.Combine(_proc, "sys", "kernel", "random", "boot_id"), "b00t\n");
        File.CreateSymbolicLink(Path.Combine(_proc, "self", "ns", "pid"), "pid:[4026531836]");

        (HiddenProcesses.Now(_proc), HiddenProcesses.Place(_proc)).Should().Be((8109447, "b00t pid:[4026531836]"));
    }

    private void Process(int pid, int session, int start, bool isHidden, char state)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_proc, pid.ToString(CultureInfo.InvariantCulture))).FullName;
        File.WriteAllText(Path.Combine(folder, "stat"), FormattableString.Invariant($"{pid} (a ) name) {state} 1 {session} {session} 0 -1 4194304 101 0 0 0 0 0 0 0 20 0 1 0 {start} 3133440 412"));

        // To root every file is open; a folder is read by nobody as one.
        if (isHidden)
        {
            Directory.CreateDirectory(Path.Combine(folder, "environ"));
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, "environ"), "");
        }
    }
}
