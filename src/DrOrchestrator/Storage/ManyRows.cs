using System.Data;
using System.Text;

namespace DrOrchestrator.Storage;

/// <summary>Writes many rows in few statements: a statement for each of ten thousand rows costs a journey each on PostgreSQL, and most of a core on SQLite.</summary>
/// <param name="Head">Up to and with <c>VALUES</c>.</param>
/// <param name="Tail">After the rows.</param>
internal sealed record ManyRows(string Head, string Tail, params DbType[] Columns)
{
    private const int RowsAtOnce = 100;
    private string? _full;

    /// <summary>Writes the rows; no two of one call may have the same key.</summary>
    public void Write(WriteScope scope, IEnumerable<object?[]> rows)
    {
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            using var command = scope.Connection.CreateCommand();
            command.Transaction = scope.Transaction;
            command.CommandText = some.Length == RowsAtOnce ? _full ??= Text(RowsAtOnce) : Text(some.Length);
            for (var row = 0; row < some.Length; row++)
            {
                for (var column = 0; column < Columns.Length; column++)
                {
                    var parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.DbType, parameter.Value) = (Name(row, column), Columns[column], some[row][column] ?? DBNull.Value);
                    command.Parameters.Add(parameter);
                }
            }

            command.ExecuteNonQuery();
        }
    }

    private static string Name(int row, int column) => $"@p{row}_{column}";

    private string Text(int rows)
    {
        var text = new StringBuilder(Head);
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? " (" : ", (").AppendJoin(", ", Enumerable.Range(0, Columns.Length).Select(column => Name(row, column))).Append(')');
        }

        return text.Append(' ').Append(Tail).ToString();
    }
}
