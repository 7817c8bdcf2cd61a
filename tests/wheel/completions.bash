# What bash offers on a system with the package bash-completion and the .deb, one line for each line typed.
source /usr/share/bash-completion/bash_completion
for line in 'pyslow --de' 'pyslow -m json.to' 'pyslow-sweep -- -m json.to'; do
  read -ra COMP_WORDS <<<"$line"
  COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  program=${COMP_WORDS[0]}
  source "/usr/share/bash-completion/completions/$program"
  "_${program//-/_}"
  echo "$line: ${COMPREPLY[*]}"
done
