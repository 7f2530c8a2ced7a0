using System.Diagnostics;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The real server as a child, under a keeper of its own: a shell of the server's user in its own session, which no signal to the pod reaches and which ends everything that
/// works on the data folder when our end of its pipe closes, however we died. PostgreSQL's own children make sessions of their own too, and one that stands still does not
/// notice that its postmaster is gone: only the keeper, being of the same user, can be sure to find them all.
/// </summary>
internal sealed class PostgresProcess : IDisposable
{
    /// <summary>Exit code of the keeper when another process still works on the volume.</summary>
    public const int VolumeInUse = 75;

    // Every process of a server works in its data folder, $data. One that was killed leaves a segment of shared memory behind, which outlives every folder.
    private const string All = """
        everyone() { for d in /proc/[0-9]*; do [ "$d/cwd" -ef "$data" ] && echo "${d#/proc/}"; done; }
        endall() {
          while set -- $(everyone) && [ $# -gt 0 ]; do kill -KILL "$@" 2>/dev/null; done
          [ -f "$data/postmaster.pid" ] || return 0
          set -- $(sed -n '1p;7p' "$data/postmaster.pid")
          awk -v pid="$1" -v id="${3:-}" '$2 == id && $5 == pid && $7 == 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm && ipcrm -m "$3"
          return 0
        }

        """;

    // $1 lock file, $2 data folder, then the server and its arguments. The lock's descriptor is inherited by all of the server's processes.
    private const string Keeper = $$"""
        lock=$1; data=$(cd "$2" && pwd -P) || exit 1; shift 2
        exec 3<&0 9>>"$lock"
        flock -w 10 9 || exit 75
        {{All}}
        "$@" </dev/null 3<&- & p=$!
        {
          while read -r word; do
            case $word in
              stop) kill -INT $p ;;
              freeze) kill -STOP $p; kill -STOP $(everyone) ;;
              thaw) kill -CONT $(everyone) ;;
            esac
          done
          kill -QUIT $p
          n=0
          while kill -0 $p && [ $n -lt 20 ]; do sleep 0.02; n=$((n + 1)); done
          kill -KILL $p
          endall
        } <&3 2>/dev/null & r=$!
        wait $p; code=$?
        kill -KILL $r 2>/dev/null
        endall
        exit $code
        """;

    private const string Sweep = $$"""
        data=$(cd "$1" && pwd -P) || exit 0
        {{All}}
        endall
        """;

    private readonly Process _keeper;

    private PostgresProcess(Process keeper)
    {
        _keeper = keeper;
        Exited = WaitAsync();
    }

    /// <summary>The server's exit code, once the last of its processes has ended.</summary>
    public Task<int> Exited { get; }

    public static PostgresProcess Start(PostgresInstallation installation, DataVolume volume)
    {
        // The keeper's own copy of our standard output and error is the pod's log.
        ProcessStartInfo info = installation.Start(
            ["setsid", .. installation.CommandOf(
                "/bin/sh", "-c", Keeper, "postgres-keeper", volume.LockFile, volume.DataFolder,
                Path.Combine(installation.Folder, "postgres"), "-D", volume.DataFolder,
                "-c", "primary_conninfo=" + volume.PrimaryConninfo)]);
        info.RedirectStandardInput = true;
        return new PostgresProcess(Process.Start(info)!);
    }

    /// <summary>Ends whatever still works on a data folder: where the keeper itself was killed, its server lives on.</summary>
    public static Task EndAllAsync(PostgresInstallation installation, DataVolume volume) =>
        installation.RunAsync(installation.CommandOf("/bin/sh", "-c", Sweep, "postgres-sweep", volume.DataFolder), "", CancellationToken.None);

    /// <summary>Asks for a fast shutdown: sessions are ended, everything is written, the standby gets all of it.</summary>
    public void Stop() => Say("stop");

    /// <summary>Every process of the server stands still (SIGSTOP): connections stay, nothing answers.</summary>
    public void Freeze() => Say("freeze");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Say("thaw");

    /// <summary>Ends whatever still runs at once, as a crash does (an immediate shutdown, or SIGKILL for one that stands still).</summary>
    public void Dispose()
    {
        try
        {
            _keeper.StandardInput.Close();
        }
        catch (Exception e) when (CallFailure.Is(e))
        {
            // It has ended already.
        }
    }

    private async Task<int> WaitAsync()
    {
        await _keeper.WaitForExitAsync().ConfigureAwait(false);
        return _keeper.ExitCode;
    }

    private void Say(string word)
    {
        try
        {
            _keeper.StandardInput.WriteLine(word);
            _keeper.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended: there is nobody left to tell, and Exited says so.
        }
    }
}
