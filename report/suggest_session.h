// Suggests a session directory for a path that holds no session.
#ifndef PYSLOW_REPORT_SUGGEST_SESSION_H_
#define PYSLOW_REPORT_SUGGEST_SESSION_H_

#include <string>

namespace pyslow::report {

// "; did you mean 'DIR'?" for a session inside `directory`, or if it does not exist for one with a
// similar name in the same parent; "" if there is none.
std::string DidYouMeanSession(const std::string& directory);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_SUGGEST_SESSION_H_
