using System.CommandLine;

namespace Keelson.CriServer.Commands;

/// <summary>Shell completion: the shell asks this program itself, so the script never falls behind it.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _keelson() {
            local IFS=$'\n'
            COMPREPLY=($(keelson "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _keelson keelson

        """;

    private const string Zsh = """
        #compdef keelson
        _keelson() {
            local -a words
            words=(${(f)"$(keelson "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
            compadd -- ${words}
        }
        compdef _keelson keelson

        """;

    private const string Fish = """
        complete -c keelson -f -a '(keelson "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'

        """;

    internal static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        var command = new Command("completion", "Print a completion script: source <(keelson completion bash)") { shell };
        command.SetAction(parsed =>
        {
            context.Write(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw new UsageException($"shell '{other}': expected bash, zsh or fish"),
            });
            return ExitCodes.Success;
        });
        return command;
    }
}
