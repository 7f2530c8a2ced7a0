using DrOrchestrator.Sandbox.Ledger;
using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox;

/// <summary>The image of the lab's pods: one program that is a store, an API or the ledger tool, as the container's command says.</summary>
public static class SandboxPod
{
    /// <summary>Runs the container. It ends at once when standard input ends, for then its site is gone.</summary>
    /// <param name="command"><c>[--lab FOLDER] ledger-store | ledger-api | ledger ...</c>.</param>
    /// <returns>Exit code of the container; 1 when it cannot start, 2 for a command that the image does not have.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> command)
    {
        ProcessLife.EndGroupWithStandardInput();
        LabSettings? lab = null;
        if (command is ["--lab", var folder, ..])
        {
            lab = LabSettings.Read(folder);
            command = [.. command.Skip(2)];
        }

        try
        {
            bool ignoreSigterm = Environment.GetEnvironmentVariable("DRO_IGNORE_SIGTERM") == "1";
            PodSettings settings = PodSettings.Read(Environment.GetEnvironmentVariable, lab);
            return command switch
            {
                ["ledger-store"] => await LedgerStorePod.RunAsync(settings, ignoreSigterm).ConfigureAwait(false),
                ["ledger-api"] => await LedgerApiPod.RunAsync(settings, ignoreSigterm, lab).ConfigureAwait(false),
                ["ledger-postgres"] when lab?.Postgres is not null => await LedgerPostgresPod.RunAsync(settings, lab, ignoreSigterm).ConfigureAwait(false),
                ["ledger", ..] => await LedgerTool.RunAsync([.. command.Skip(1)], settings, Console.Out, Console.Error, TimeProvider.System).ConfigureAwait(false),
                _ => await NotThereAsync(command).ConfigureAwait(false),
            };
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            await Console.Error.WriteLineAsync($"{string.Join(' ', command)}: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<int> NotThereAsync(IReadOnlyList<string> command)
    {
        await Console.Error.WriteLineAsync($"'{string.Join(' ', command)}': the image has ledger-store, ledger-api and ledger only").ConfigureAwait(false);
        return 2;
    }
}
