using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.EstateFolder;
using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox;

/// <summary>The process <c>dro sandbox</c>: two sites, a front door and the control of the lab, with everything they need below one folder.</summary>
public static class SandboxHost
{
    /// <summary>Another lab runs on the folder.</summary>
    public const int FolderInUse = 7;

    /// <summary>
    /// Starts the lab, writes one line of JSON to <paramref name="ready"/> when all of it answers, and runs until SIGTERM, SIGINT, <paramref name="ct"/> or (with
    /// <see cref="SandboxOptions.StopWithStdin"/>) the end of standard input; then ends every child.
    /// </summary>
    /// <returns>0, 1 when the lab did not get ready, or <see cref="FolderInUse"/>.</returns>
    public static async Task<int> RunAsync(SandboxOptions options, TextWriter ready, CancellationToken ct)
    {
        SetChildrenUp();
        Directory.CreateDirectory(options.Folder);
        using FileStream? held = TryHold(Path.Combine(options.Folder, "lock"));
        if (held is null)
        {
            await Console.Error.WriteLineAsync($"the folder {options.Folder} is in use by another sandbox; stop that one, or take another folder").ConfigureAwait(false);
            return FolderInUse;
        }

        using var life = new ProcessLife(ignoreSigterm: false);
        using CancellationTokenRegistration cancelled = ct.Register(life.Stop);
        if (options.StopWithStdin)
        {
            ProcessLife.OnEndOfStandardInput(life.Stop);
        }

        try
        {
            RunningLab lab = await RunningLab.StartAsync(options, TimeProvider.System, life.Stopping).ConfigureAwait(false);
            await using (lab.ConfigureAwait(false))
            {
                await ready.WriteLineAsync(Announcement(lab.Settings).ToJsonString()).ConfigureAwait(false);
                await ready.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                await life.WaitAsync().ConfigureAwait(false);
            }

            return 0;
        }
        catch (OperationCanceledException) when (life.Stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"sandbox: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static JsonObject Announcement(LabSettings lab)
    {
        JsonObject said = Addresses(lab);
        if (lab.Postgres is not null)
        {
            said["hostPrograms"] = new JsonArray([.. LabSettings.Sites.Select(site => (JsonNode)HostPrograms.Of(lab, site))]);
        }

        return said;
    }

    private static JsonObject Addresses(LabSettings lab) => new()
    {
        ["ready"] = true,
        ["estate"] = lab.EstateFolder,
        ["control"] = Text(lab.ControlUrl),
        ["frontDoor"] = Text(lab.FrontDoorUrl),
        ["frontDoorAdmin"] = Text(lab.AdminUrl),
        ["people"] = new JsonObject
        {
            ["requester"] = lab.TokenFile(EstateWriter.Requester),
            ["approver"] = lab.TokenFile(EstateWriter.Approver),
            ["businessVerifier"] = lab.TokenFile(EstateWriter.BusinessVerifier),
        },
        ["faultsTokenFile"] = lab.FaultsTokenFile,
        ["adminTokenFile"] = lab.AdminTokenFile,
    };

    private static string Text(Uri url) => url.ToString().TrimEnd('/');

    /// <summary>
    /// Inherited by every child: small processes that leave no diagnostic socket in the temp folder and are up quickly. They live for seconds, and a dozen of them share
    /// this machine: what the runtime would spend on compiling everything a second time never pays, nor does mapping each page of code twice.
    /// </summary>
    private static void SetChildrenUp()
    {
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCounting", "0");
        Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", "0");
        Environment.SetEnvironmentVariable("DOTNET_gcServer", "0");
    }

    private static FileStream? TryHold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
