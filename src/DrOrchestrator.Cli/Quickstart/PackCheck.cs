using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>Has the pack verified by a process that knows nothing but the file and the key's fingerprint.</summary>
internal static class PackCheck
{
    public static async Task<PackVerification> RunAsync(Func<IEnumerable<string>, ProcessStartInfo> self, string pack, string keyFingerprint, CancellationToken cancellationToken)
    {
        using var process = Process.Start(self(["evidence", "verify", pack, "--key-fingerprint", keyFingerprint, "--output", "json"]))
            ?? throw new InvalidOperationException("The verifier was not started.");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return Judge(process.ExitCode, await output, await error, keyFingerprint);
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>The exit code and the document must say the same thing; anything else is not verified.</summary>
    internal static PackVerification Judge(int exitCode, string output, string error, string keyFingerprint)
    {
        JsonNode? report = null;
        try
        {
            report = JsonNode.Parse(output);
        }
        catch (JsonException)
        {
            // Said by what follows: without a document there is nothing verified.
        }

        var verified = exitCode == ExitCodes.Fine && report?["verified"]?.GetValue<bool>() == true;
        return new PackVerification(
            verified,
            report?["records"]?.GetValue<long>() ?? 0,
            keyFingerprint,
            verified ? null : Problem(report?["problem"]) ?? (error.Trim().Length > 0 ? error.Trim() : $"the verifier ended with exit code {exitCode}"));
    }

    private static string? Problem(JsonNode? problem) =>
        problem is null ? null : $"{problem["entry"]}, {problem["place"]}: found {problem["found"]}; expected {problem["expected"]}";
}
