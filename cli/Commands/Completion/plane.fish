# Completion of plane for fish: plane completion fish | source
function __plane_complete
    set -l line (commandline -cp)
    set -l rest (string replace -r '^\s*\S+\s' '' -- $line)
    set -l length (string length -- $rest)
    plane "[suggest:$length]" "$rest" 2>/dev/null </dev/null
end
complete -c plane -f -a '(__plane_complete)'
