# Runs beside a kernel and cleans up when it is gone, however it went: end of file on the pipe that
# only the kernel holds. Lines are: +GROUP and -GROUP, a process group to kill; =FOLDER, to remove.
trap '' HUP INT QUIT TERM
groups=' '
set --
while IFS= read -r line; do
	case $line in
	+*) groups="$groups${line#+} " ;;
	-*) case $groups in *" ${line#-} "*) groups="${groups%% "${line#-}" *} ${groups#* "${line#-}" }" ;; esac ;;
	=*) set -- "$@" "${line#=}" ;;
	esac
done
for group in $groups; do kill -KILL "-$group"; done
for stat in /proc/[0-9]*/stat; do # a shell's jobs may have groups of their own in the same session
	read -r fields <"$stat" || continue
	pid=${stat#/proc/}
	rest=${fields##*) }
	rest=${rest#* * * }
	case $groups in *" ${rest%% *} "*) kill -KILL "${pid%/stat}" ;; esac
done
for wait in 1 1 2 4 8; do # who was killed just now may still write
	test $# -eq 0 || rm -rf -- "$@" && break
	sleep $wait
done
for folder; do # the folder that sessions share goes with the last of them
	case $folder in */jupyter_files/*) rmdir -- "${folder%/*}" ;; esac
done
