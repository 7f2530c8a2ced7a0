using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace DrOrchestrator.Web;

/// <summary>Log lines as plain text without colours, so that they read the same in a terminal, a file and a journal.</summary>
internal sealed class PlainConsole(TextWriter output, string template) : ILogEventSink
{
    private readonly MessageTemplateTextFormatter _line = new(template, CultureInfo.InvariantCulture);
    private readonly Lock _oneAtATime = new();

    public void Emit(LogEvent logEvent)
    {
        lock (_oneAtATime)
        {
            _line.Format(logEvent, output);
            output.Flush();
        }
    }
}
