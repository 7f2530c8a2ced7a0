using System.Text.Json;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Cli.Processes;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>What the sandbox says when both sites are up.</summary>
/// <param name="HostPrograms">Of a lab with PostgreSQL: what the server must be allowed to start.</param>
internal sealed record SandboxReady(bool Ready, string Estate, string Control, string FrontDoor, SandboxPeople People, IReadOnlyList<string>? HostPrograms = null);

/// <summary>Token files of the sandbox's personas.</summary>
internal sealed record SandboxPeople(string Requester, string Approver, string BusinessVerifier);

/// <summary>What the server says when it answers.</summary>
internal sealed record ServerReady(bool Ready, string Url);

/// <summary>Reads the one line a child prints when it is ready.</summary>
internal static class ReadyLines
{
    public static async Task<T> ReadAsync<T>(ChildProcess child, TimeSpan within, CancellationToken cancellationToken)
    {
        var line = await child.ReadyAsync(within, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<T>(line, JsonDocuments.Options) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new CommandFailedException(ExitCodes.Internal, $"{child.Name} said '{line}' where its ready line was expected; its log is {child.LogFile}");
        }
    }
}
