using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DrOrchestrator.Commands;

/// <summary>What came of starting a program.</summary>
internal abstract record ProgramResult
{
    /// <summary>It ended.</summary>
    /// <param name="ExitCode">128 and its number after a signal.</param>
    /// <param name="Output">The first 64 KiB of its standard output.</param>
    /// <param name="Error">The first 64 KiB of its standard error.</param>
    public sealed record Ended(int ExitCode, string Output, string Error) : ProgramResult
    {
        /// <summary>A process that it had started, and that could not be killed when it had ended; null for none.</summary>
        public int? Survivor { get; init; }
    }

    /// <summary>It could not be started.</summary>
    /// <param name="Why">For people.</param>
    public sealed record NotStarted(string Why) : ProgramResult;
}

/// <summary>
/// One run of one program: no shell, nothing on its standard input, a fixed environment, <c>/</c> as its working folder, in a session of its own. Whatever of that session is
/// still there when the program ends or is given up is killed, so that nothing is left behind. Its output is read to the end and kept up to a limit.
/// </summary>
internal static class ProgramRun
{
    /// <summary>Bytes kept of each of the two outputs.</summary>
    public const int MostOutput = 64 * 1024;

    /// <summary>The program that gives another one a session; part of every Linux distribution.</summary>
    private const string SetSid = "/usr/bin/setsid";

    /// <summary>The program that ends another one when its time is over; part of every Linux distribution.</summary>
    private const string TimeLimit = "/usr/bin/timeout";

    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    /// <param name="environment">Besides PATH and LANG.</param>
    /// <param name="mostOutput">Bytes kept of its standard output.</param>
    /// <param name="longest">
    /// After that it is killed from within its own session, also where this process is gone or stands still by then; null for no such bound. It then ends with 137.
    /// </param>
    /// <param name="started">Called when it has been started; what it throws ends the program, and is thrown on.</param>
    /// <param name="end">Kills its session and says what of it goes on; <see cref="Sessions.KillAsync"/> by default.</param>
    /// <exception cref="OperationCanceledException">It was given up; everything it had started is dead, as far as this account may kill it.</exception>
    public static async Task<ProgramResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        CancellationToken cancellationToken,
        int mostOutput = MostOutput,
        TimeSpan? longest = null,
        Action? started = null,
        Func<int, TimeProvider, Task<IReadOnlyList<int>>>? end = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!File.Exists(SetSid))
        {
            return new ProgramResult.NotStarted($"{SetSid} is missing (package util-linux)");
        }

        if (longest is not null && !File.Exists(TimeLimit))
        {
            return new ProgramResult.NotStarted($"{TimeLimit} is missing (package coreutils)");
        }

        using var process = new Process { StartInfo = Start(program, arguments, environment, longest) };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new ProgramResult.NotStarted(exception.Message);
        }

        var session = process.Id;
        var output = DrainAsync(process.StandardOutput.BaseStream, mostOutput);
        var error = DrainAsync(process.StandardError.BaseStream, MostOutput);
        var drained = Task.WhenAll(output, error);
        IReadOnlyList<int> left = [];
        try
        {
            try
            {
                started?.Invoke();
                process.StandardInput.Close();
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // By its number too: it has no session of its own yet in the first instant.
                process.Kill();
                left = await (end ?? EndAsync)(session, time).ConfigureAwait(false);
            }

            await Task.WhenAny(drained, Task.Delay(LastWords, time, CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            // What has left its session may hold the other ends as long as it likes; it is not waited for, and ours do not stay open for it.
            process.StandardOutput.Dispose();
            process.StandardError.Dispose();
            await drained.ConfigureAwait(false);
        }

        return new ProgramResult.Ended(process.ExitCode, Text(output), Text(error)) { Survivor = left.Count > 0 ? left[0] : null };
    }

    private static Task<IReadOnlyList<int>> EndAsync(int session, TimeProvider time) => Sessions.KillAsync(session, time);

    private static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan? longest)
    {
        var start = new ProcessStartInfo(SetSid)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("--");
        if (longest is { } limit)
        {
            start.ArgumentList.Add(TimeLimit);
            start.ArgumentList.Add("--signal=KILL");
            start.ArgumentList.Add(Math.Max(limit.TotalSeconds, 0.001).ToString("0.000", CultureInfo.InvariantCulture));
        }

        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Reads to the end, whatever comes, so that the program never waits for us.</summary>
    private static async Task<byte[]> DrainAsync(Stream stream, int most)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var read)
            {
                kept.Write(buffer, 0, (int)Math.Min(read, most - kept.Length));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed under us, because nobody waits for it any more.
        }

        return kept.ToArray();
    }

    private static string Text(Task<byte[]> drained) => drained.IsCompletedSuccessfully ? Encoding.UTF8.GetString(drained.Result) : "";
}
