using System.Diagnostics;
using System.Text;

namespace DrOrchestrator.Benchmarks;

/// <summary>What ansible-playbook takes for a step that does nothing, where it is installed: (many steps - one step) / difference, so that its start is not counted.</summary>
internal static class AnsiblePeer
{
    private const string Program = "/usr/bin/ansible-playbook";
    private const int Steps = 20;

    public static async Task<string> MeasureAsync(string folder)
    {
        if (!File.Exists(Program))
        {
            return $"peer absent ({Program})";
        }

        var (one, many) = (await RunAsync(folder, 1), await RunAsync(folder, 1 + Steps));
        return $"{(many - one).TotalMilliseconds / Steps:F0} ms per step";
    }

    private static async Task<TimeSpan> RunAsync(string folder, int steps)
    {
        var book = new StringBuilder("- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n");
        for (var step = 0; step < steps; step++)
        {
            book.Append($"  - {{name: step-{step}, ansible.builtin.command: /bin/true, changed_when: false}}\n");
        }

        var file = Path.Combine(folder, $"steps-{steps}.yml");
        await File.WriteAllTextAsync(file, book.ToString());
        var start = new ProcessStartInfo(Program, ["-i", "localhost,", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ANSIBLE_HOME"] = folder;
        start.Environment["ANSIBLE_LOCAL_TEMP"] = folder;
        start.Environment["ANSIBLE_REMOTE_TEMP"] = folder;
        var began = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(start)!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode == 0 ? TimeProvider.System.GetElapsedTime(began) : throw new InvalidOperationException($"{Program} ended with {process.ExitCode}");
    }
}
