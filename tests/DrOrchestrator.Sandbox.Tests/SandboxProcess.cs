using System.Diagnostics;

namespace DrOrchestrator.Sandbox.Tests;

/// <summary>The sandbox's program as a real child process; killed with the test if it still runs.</summary>
internal sealed class SandboxProcess : IDisposable
{
    private readonly Process _process;

    public SandboxProcess(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public static string Executable => Path.Combine(AppContext.BaseDirectory, "DrOrchestrator.SandboxProgram");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamReader Output => _process.StandardOutput;

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void CloseInput() => _process.StandardInput.Close();

    public void Terminate() => Process.Start("kill", ["-TERM", _process.Id.ToString()])!.WaitForExit();

    public async Task<(int Code, string Output, string Errors)> WaitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Task<string> output = _process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> errors = _process.StandardError.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
